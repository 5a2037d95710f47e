"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_log',
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('who', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=10), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=True),
    sa.Column('columns', sa.String(length=200), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('rows', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('access_log', schema=None) as batch_op:
        batch_op.create_index('ix_access_at', ['at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_log_school_id'), ['school_id'], unique=False)

    op.create_table('area',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('definition', sa.String(length=20), nullable=False),
    sa.Column('path', sa.String(length=60), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_area_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_area_path', ['path'], unique=False)
        batch_op.create_index('ux_area_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('change',
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('who', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=10), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index('ix_change_request', ['request_id'], unique=False)
        batch_op.create_index('ix_change_row', ['entity', 'row_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_school_id'), ['school_id'], unique=False)

    op.create_table('checklist_template',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('checklist_template', schema=None) as batch_op:
        batch_op.create_index('ux_template', ['code', 'number'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('import_batch',
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('who', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_batch_request_id'), ['request_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_batch_school_id'), ['school_id'], unique=False)

    op.create_table('submission',
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token')
    )
    op.create_table('term',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('school_year', sa.String(length=12), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.create_index('ux_term', ['school_year', 'number'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('checklist_section',
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['template_id'], ['checklist_template.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('checklist_section', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_checklist_section_template_id'), ['template_id'], unique=False)

    op.create_table('school',
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('type', sa.String(length=20), nullable=False),
    sa.Column('head_name', sa.String(length=40), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('pupils', sa.Integer(), nullable=False),
    sa.Column('has_canteen', sa.Boolean(), nullable=False),
    sa.Column('has_bus', sa.Boolean(), nullable=False),
    sa.Column('has_boarders', sa.Boolean(), nullable=False),
    sa.Column('roster_updated_on', sa.Date(), nullable=True),
    sa.Column('area_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_school_area_id'), ['area_id'], unique=False)
        batch_op.create_index('ix_school_name', ['name', 'id'], unique=False)
        batch_op.create_index('ux_school_code', ['code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('attachment',
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stored_as', sa.String(length=64), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_attachment_school')
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index('ix_attachment_row', ['entity', 'row_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_school_id'), ['school_id'], unique=False)

    op.create_table('bus',
    sa.Column('plate', sa.String(length=10), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('permit_until', sa.Date(), nullable=True),
    sa.Column('tested_on', sa.Date(), nullable=True),
    sa.Column('insured_until', sa.Date(), nullable=True),
    sa.Column('route', sa.String(length=120), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_bus_school')
    )
    with op.batch_alter_table('bus', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bus_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ux_bus_plate', ['plate'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('bus_driver',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=False),
    sa.Column('permit_no', sa.String(length=40), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('id_number_enc', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_hash', sa.String(length=32), nullable=True),
    sa.Column('phone_enc', sa.LargeBinary(), nullable=True),
    sa.Column('phone_hash', sa.String(length=32), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_bus_driver_school')
    )
    with op.batch_alter_table('bus_driver', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bus_driver_id_number_hash'), ['id_number_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_bus_driver_phone_hash'), ['phone_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_bus_driver_school_id'), ['school_id'], unique=False)

    op.create_table('checklist_item',
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('methods', sa.String(length=20), nullable=False),
    sa.Column('evidence_asked', sa.String(length=120), nullable=True),
    sa.Column('critical', sa.Boolean(), nullable=False),
    sa.Column('applies_when', sa.String(length=24), nullable=True),
    sa.Column('basis', sa.Text(), nullable=True),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.String(length=40), nullable=True),
    sa.Column('parameters', sa.JSON(), nullable=True),
    sa.Column('section_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['section_id'], ['checklist_section.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('checklist_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_checklist_item_section_id'), ['section_id'], unique=False)

    op.create_table('staff',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('sex', sa.String(length=1), nullable=False),
    sa.Column('post', sa.String(length=20), nullable=False),
    sa.Column('certificate_no', sa.String(length=40), nullable=True),
    sa.Column('record_checked_on', sa.Date(), nullable=True),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('id_number_enc', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_hash', sa.String(length=32), nullable=True),
    sa.Column('phone_enc', sa.LargeBinary(), nullable=True),
    sa.Column('phone_hash', sa.String(length=32), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_staff_school')
    )
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.create_index('ix_staff_name', ['school_id', 'name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_staff_phone_hash'), ['phone_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_staff_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ux_staff_id_number', ['id_number_hash'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('bus_run',
    sa.Column('ran_on', sa.Date(), nullable=False),
    sa.Column('direction', sa.String(length=10), nullable=False),
    sa.Column('attendant', sa.String(length=40), nullable=True),
    sa.Column('boarded', sa.Integer(), nullable=False),
    sa.Column('alighted', sa.Integer(), nullable=True),
    sa.Column('checked', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('bus_id', sa.Integer(), nullable=False),
    sa.Column('driver_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['bus_id', 'school_id'], ['bus.id', 'bus.school_id'], name='fk_bus_run_bus_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['driver_id', 'school_id'], ['bus_driver.id', 'bus_driver.school_id'], name='fk_bus_run_driver_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_bus_run_school')
    )
    with op.batch_alter_table('bus_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bus_run_bus_id'), ['bus_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bus_run_driver_id'), ['driver_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bus_run_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_run_day', ['school_id', 'ran_on', 'id'], unique=False)
        batch_op.create_index('ix_run_day_all', ['ran_on', 'id'], unique=False)

    op.create_table('canteen',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('licence_no', sa.String(length=40), nullable=True),
    sa.Column('licence_until', sa.Date(), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('manager_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['manager_id', 'school_id'], ['staff.id', 'staff.school_id'], name='fk_canteen_manager_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_canteen_school')
    )
    with op.batch_alter_table('canteen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_canteen_manager_id'), ['manager_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_canteen_school_id'), ['school_id'], unique=False)

    op.create_table('hazard',
    sa.Column('what', sa.String(length=120), nullable=False),
    sa.Column('where', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('fixed_on', sa.Date(), nullable=True),
    sa.Column('fix', sa.String(length=200), nullable=True),
    sa.Column('verified_by', sa.String(length=40), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('responsible_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['responsible_id', 'school_id'], ['staff.id', 'staff.school_id'], name='fk_hazard_responsible_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_hazard_school')
    )
    with op.batch_alter_table('hazard', schema=None) as batch_op:
        batch_op.create_index('ix_hazard_due', ['school_id', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_hazard_due_all', ['due_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_responsible_id'), ['responsible_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_school_id'), ['school_id'], unique=False)

    op.create_table('member',
    sa.Column('username', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('session_stamp', sa.String(length=32), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('failed_logins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(), nullable=True),
    sa.Column('area_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_member_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_member_staff_id'), ['staff_id'], unique=False)
        batch_op.create_index('ux_member_username', ['username'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('school_class',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.ForeignKeyConstraint(['teacher_id', 'school_id'], ['staff.id', 'staff.school_id'], name='fk_school_class_teacher_school', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_school_class_school')
    )
    with op.batch_alter_table('school_class', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_school_class_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_school_class_teacher_id'), ['teacher_id'], unique=False)
        batch_op.create_index('ux_class_name', ['school_id', 'name'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('access_key',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('prefix', sa.String(length=12), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('last_used_at', sa.DateTime(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('access_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_key_member_id'), ['member_id'], unique=False)

    op.create_table('canteen_worker',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('duty', sa.String(length=40), nullable=True),
    sa.Column('certificate_no', sa.String(length=40), nullable=True),
    sa.Column('certificate_until', sa.Date(), nullable=True),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('canteen_id', sa.Integer(), nullable=False),
    sa.Column('phone_enc', sa.LargeBinary(), nullable=True),
    sa.Column('phone_hash', sa.String(length=32), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['canteen_id', 'school_id'], ['canteen.id', 'canteen.school_id'], name='fk_canteen_worker_canteen_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_canteen_worker_school')
    )
    with op.batch_alter_table('canteen_worker', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_canteen_worker_canteen_id'), ['canteen_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_canteen_worker_phone_hash'), ['phone_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_canteen_worker_school_id'), ['school_id'], unique=False)

    op.create_table('child',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('sex', sa.String(length=1), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=False),
    sa.Column('ethnic_group', sa.String(length=20), nullable=True),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('boarder', sa.Boolean(), nullable=False),
    sa.Column('rural', sa.Boolean(), nullable=False),
    sa.Column('health', sa.String(length=10), nullable=False),
    sa.Column('illness', sa.String(length=120), nullable=True),
    sa.Column('special_group', sa.String(length=20), nullable=True),
    sa.Column('guard_rating', sa.String(length=10), nullable=True),
    sa.Column('alone', sa.Boolean(), nullable=False),
    sa.Column('character', sa.String(length=120), nullable=True),
    sa.Column('journey', sa.String(length=60), nullable=True),
    sa.Column('file_state', sa.String(length=10), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=True),
    sa.Column('left_behind', sa.String(length=1), nullable=False),
    sa.Column('last_talk_on', sa.Date(), nullable=True),
    sa.Column('last_visit_on', sa.Date(), nullable=True),
    sa.Column('last_contact_on', sa.Date(), nullable=True),
    sa.Column('pinyin', sa.String(length=80, collation='C').with_variant(sa.String(length=80, collation='BINARY'), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('id_number_enc', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_hash', sa.String(length=32), nullable=True),
    sa.Column('student_number_enc', sa.LargeBinary(), nullable=True),
    sa.Column('student_number_hash', sa.String(length=32), nullable=True),
    sa.Column('school_class_id', sa.Integer(), nullable=True),
    sa.Column('household_address_enc', sa.LargeBinary(), nullable=True),
    sa.Column('household_address_hash', sa.String(length=32), nullable=True),
    sa.Column('residence_enc', sa.LargeBinary(), nullable=True),
    sa.Column('residence_hash', sa.String(length=32), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['school_class_id', 'school_id'], ['school_class.id', 'school_class.school_id'], name='fk_child_school_class_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_child_school')
    )
    with op.batch_alter_table('child', schema=None) as batch_op:
        batch_op.create_index('ix_child_birth', ['birth_date', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_child_class_pinyin', ['school_class_id', 'pinyin', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_child_household_address_hash'), ['household_address_hash'], unique=False)
        batch_op.create_index('ix_child_left_behind', ['left_behind', 'pinyin', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ix_child_pinyin', ['pinyin', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_child_residence_hash'), ['residence_hash'], unique=False)
        batch_op.create_index('ix_child_school_birth', ['school_id', 'birth_date', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_child_school_class_id'), ['school_class_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_child_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_child_school_pinyin', ['school_id', 'pinyin', 'id'], unique=False, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ux_child_id_number', ['id_number_hash'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.create_index('ux_child_student_number', ['student_number_hash'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('inspection',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('submitted_at', sa.DateTime(), nullable=True),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('summary', sa.Text(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=False),
    sa.Column('inspector_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['inspector_id'], ['member.id'], ),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.ForeignKeyConstraint(['template_id'], ['checklist_template.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_inspection_school')
    )
    with op.batch_alter_table('inspection', schema=None) as batch_op:
        batch_op.create_index('ix_inspection_day', ['planned_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_inspector_id'), ['inspector_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_template_id'), ['template_id'], unique=False)

    op.create_table('meal_record',
    sa.Column('served_on', sa.Date(), nullable=False),
    sa.Column('meal', sa.String(length=10), nullable=False),
    sa.Column('dish', sa.String(length=60), nullable=False),
    sa.Column('sample_grams', sa.Integer(), nullable=True),
    sa.Column('sampled_at', sa.DateTime(), nullable=True),
    sa.Column('discarded_at', sa.DateTime(), nullable=True),
    sa.Column('sampler', sa.String(length=40), nullable=True),
    sa.Column('accompanied_by', sa.String(length=40), nullable=True),
    sa.Column('morning_check', sa.Boolean(), nullable=False),
    sa.Column('disinfected', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('canteen_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['canteen_id', 'school_id'], ['canteen.id', 'canteen.school_id'], name='fk_meal_record_canteen_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_meal_record_school')
    )
    with op.batch_alter_table('meal_record', schema=None) as batch_op:
        batch_op.create_index('ix_meal_day', ['school_id', 'served_on', 'meal'], unique=False)
        batch_op.create_index('ix_meal_day_all', ['served_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meal_record_canteen_id'), ['canteen_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meal_record_school_id'), ['school_id'], unique=False)

    op.create_table('answer',
    sa.Column('result', sa.String(length=10), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('frozen', sa.JSON(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['inspection_id', 'school_id'], ['inspection.id', 'inspection.school_id'], name='fk_answer_inspection_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['item_id'], ['checklist_item.id'], ),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_answer_school')
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_inspection_id'), ['inspection_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_answer_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_answer_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ux_answer', ['inspection_id', 'item_id'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('child_key',
    sa.Column('key', sa.String(length=80, collation='C').with_variant(sa.String(length=80, collation='BINARY'), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_child_key_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_child_key_school')
    )
    with op.batch_alter_table('child_key', schema=None) as batch_op:
        batch_op.create_index('ix_child_key', ['key', 'child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_child_key_child_id'), ['child_id'], unique=False)
        batch_op.create_index('ix_child_key_school', ['school_id', 'key', 'child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_child_key_school_id'), ['school_id'], unique=False)

    op.create_table('family_contact',
    sa.Column('contacted_on', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('with_whom', sa.String(length=20), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_family_contact_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_family_contact_school')
    )
    with op.batch_alter_table('family_contact', schema=None) as batch_op:
        batch_op.create_index('ix_contact_child_day', ['child_id', 'contacted_on'], unique=False)
        batch_op.create_index('ix_contact_day', ['contacted_on', 'id'], unique=False)
        batch_op.create_index('ix_contact_school_day', ['school_id', 'contacted_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_contact_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_contact_school_id'), ['school_id'], unique=False)

    op.create_table('finding',
    sa.Column('what', sa.String(length=200), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('fixed_on', sa.Date(), nullable=True),
    sa.Column('fix', sa.Text(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('responsible_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['inspection_id', 'school_id'], ['inspection.id', 'inspection.school_id'], name='fk_finding_inspection_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['item_id'], ['checklist_item.id'], ),
    sa.ForeignKeyConstraint(['responsible_id', 'school_id'], ['staff.id', 'staff.school_id'], name='fk_finding_responsible_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_finding_school')
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index('ix_finding_due', ['school_id', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_finding_due_all', ['due_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_inspection_id'), ['inspection_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_responsible_id'), ['responsible_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_school_id'), ['school_id'], unique=False)

    op.create_table('guardian',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('rank', sa.String(length=10), nullable=False),
    sa.Column('relation', sa.String(length=24), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('occupation', sa.String(length=40), nullable=True),
    sa.Column('workplace', sa.String(length=80), nullable=True),
    sa.Column('ability', sa.String(length=10), nullable=True),
    sa.Column('ill', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('id_number_enc', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_hash', sa.String(length=32), nullable=True),
    sa.Column('phone_enc', sa.LargeBinary(), nullable=True),
    sa.Column('phone_hash', sa.String(length=32), nullable=True),
    sa.Column('address_enc', sa.LargeBinary(), nullable=True),
    sa.Column('address_hash', sa.String(length=32), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_guardian_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_guardian_school')
    )
    with op.batch_alter_table('guardian', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guardian_address_hash'), ['address_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_id_number_hash'), ['id_number_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_phone_hash'), ['phone_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_school_id'), ['school_id'], unique=False)

    op.create_table('home_visit',
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('met', sa.String(length=60), nullable=True),
    sa.Column('found', sa.Text(), nullable=False),
    sa.Column('follow_up', sa.Text(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('visitor_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_home_visit_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.ForeignKeyConstraint(['visitor_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_home_visit_school')
    )
    with op.batch_alter_table('home_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_home_visit_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_home_visit_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_home_visit_visitor_id'), ['visitor_id'], unique=False)
        batch_op.create_index('ix_visit_child_day', ['child_id', 'visited_on'], unique=False)
        batch_op.create_index('ix_visit_day', ['visited_on', 'id'], unique=False)
        batch_op.create_index('ix_visit_school_day', ['school_id', 'visited_on', 'id'], unique=False)

    op.create_table('pairing',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('helper_name', sa.String(length=40), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('plan', sa.Text(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_pairing_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_pairing_school')
    )
    with op.batch_alter_table('pairing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pairing_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_pairing_staff', ['staff_id', 'ended_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_staff_id'), ['staff_id'], unique=False)

    op.create_table('parent_spell',
    sa.Column('parent', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('where_to', sa.String(length=80), nullable=True),
    sa.Column('able', sa.Boolean(), nullable=False),
    sa.Column('unable_reason', sa.String(length=60), nullable=True),
    sa.Column('notified', sa.Boolean(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_parent_spell_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_parent_spell_school')
    )
    with op.batch_alter_table('parent_spell', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parent_spell_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_parent_spell_school_id'), ['school_id'], unique=False)

    op.create_table('responsibility_letter',
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('school_year', sa.String(length=12), nullable=False),
    sa.Column('signer', sa.String(length=40), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_responsibility_letter_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_responsibility_letter_school')
    )
    with op.batch_alter_table('responsibility_letter', schema=None) as batch_op:
        batch_op.create_index('ix_letter_level', ['school_id', 'level', 'expires_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_responsibility_letter_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_responsibility_letter_school_id'), ['school_id'], unique=False)

    op.create_table('talk',
    sa.Column('talked_on', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('follow_up', sa.Text(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('origin_school_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name='fk_talk_child_school', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], ),
    sa.ForeignKeyConstraint(['teacher_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('id', 'school_id', name='uq_talk_school')
    )
    with op.batch_alter_table('talk', schema=None) as batch_op:
        batch_op.create_index('ix_talk_child_day', ['child_id', 'talked_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_talk_child_id'), ['child_id'], unique=False)
        batch_op.create_index('ix_talk_day', ['talked_on', 'id'], unique=False)
        batch_op.create_index('ix_talk_school_day', ['school_id', 'talked_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_talk_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_talk_teacher_id'), ['teacher_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('talk', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_talk_teacher_id'))
        batch_op.drop_index(batch_op.f('ix_talk_school_id'))
        batch_op.drop_index('ix_talk_school_day')
        batch_op.drop_index('ix_talk_day')
        batch_op.drop_index(batch_op.f('ix_talk_child_id'))
        batch_op.drop_index('ix_talk_child_day')

    op.drop_table('talk')
    with op.batch_alter_table('responsibility_letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_responsibility_letter_school_id'))
        batch_op.drop_index(batch_op.f('ix_responsibility_letter_child_id'))
        batch_op.drop_index('ix_letter_level')

    op.drop_table('responsibility_letter')
    with op.batch_alter_table('parent_spell', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_parent_spell_school_id'))
        batch_op.drop_index(batch_op.f('ix_parent_spell_child_id'))

    op.drop_table('parent_spell')
    with op.batch_alter_table('pairing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pairing_staff_id'))
        batch_op.drop_index('ix_pairing_staff')
        batch_op.drop_index(batch_op.f('ix_pairing_school_id'))
        batch_op.drop_index(batch_op.f('ix_pairing_child_id'))

    op.drop_table('pairing')
    with op.batch_alter_table('home_visit', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_school_day')
        batch_op.drop_index('ix_visit_day')
        batch_op.drop_index('ix_visit_child_day')
        batch_op.drop_index(batch_op.f('ix_home_visit_visitor_id'))
        batch_op.drop_index(batch_op.f('ix_home_visit_school_id'))
        batch_op.drop_index(batch_op.f('ix_home_visit_child_id'))

    op.drop_table('home_visit')
    with op.batch_alter_table('guardian', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_guardian_school_id'))
        batch_op.drop_index(batch_op.f('ix_guardian_phone_hash'))
        batch_op.drop_index(batch_op.f('ix_guardian_id_number_hash'))
        batch_op.drop_index(batch_op.f('ix_guardian_child_id'))
        batch_op.drop_index(batch_op.f('ix_guardian_address_hash'))

    op.drop_table('guardian')
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_finding_school_id'))
        batch_op.drop_index(batch_op.f('ix_finding_responsible_id'))
        batch_op.drop_index(batch_op.f('ix_finding_item_id'))
        batch_op.drop_index(batch_op.f('ix_finding_inspection_id'))
        batch_op.drop_index('ix_finding_due_all')
        batch_op.drop_index('ix_finding_due')

    op.drop_table('finding')
    with op.batch_alter_table('family_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_family_contact_school_id'))
        batch_op.drop_index(batch_op.f('ix_family_contact_child_id'))
        batch_op.drop_index('ix_contact_school_day')
        batch_op.drop_index('ix_contact_day')
        batch_op.drop_index('ix_contact_child_day')

    op.drop_table('family_contact')
    with op.batch_alter_table('child_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_child_key_school_id'))
        batch_op.drop_index('ix_child_key_school')
        batch_op.drop_index(batch_op.f('ix_child_key_child_id'))
        batch_op.drop_index('ix_child_key')

    op.drop_table('child_key')
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.drop_index('ux_answer', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_answer_school_id'))
        batch_op.drop_index(batch_op.f('ix_answer_item_id'))
        batch_op.drop_index(batch_op.f('ix_answer_inspection_id'))

    op.drop_table('answer')
    with op.batch_alter_table('meal_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meal_record_school_id'))
        batch_op.drop_index(batch_op.f('ix_meal_record_canteen_id'))
        batch_op.drop_index('ix_meal_day_all')
        batch_op.drop_index('ix_meal_day')

    op.drop_table('meal_record')
    with op.batch_alter_table('inspection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inspection_template_id'))
        batch_op.drop_index(batch_op.f('ix_inspection_school_id'))
        batch_op.drop_index(batch_op.f('ix_inspection_inspector_id'))
        batch_op.drop_index('ix_inspection_day')

    op.drop_table('inspection')
    with op.batch_alter_table('child', schema=None) as batch_op:
        batch_op.drop_index('ux_child_student_number', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ux_child_id_number', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ix_child_school_pinyin', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_child_school_id'))
        batch_op.drop_index(batch_op.f('ix_child_school_class_id'))
        batch_op.drop_index('ix_child_school_birth', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_child_residence_hash'))
        batch_op.drop_index('ix_child_pinyin', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ix_child_left_behind', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_child_household_address_hash'))
        batch_op.drop_index('ix_child_class_pinyin', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ix_child_birth', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.drop_table('child')
    with op.batch_alter_table('canteen_worker', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_canteen_worker_school_id'))
        batch_op.drop_index(batch_op.f('ix_canteen_worker_phone_hash'))
        batch_op.drop_index(batch_op.f('ix_canteen_worker_canteen_id'))

    op.drop_table('canteen_worker')
    with op.batch_alter_table('access_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_key_member_id'))

    op.drop_table('access_key')
    with op.batch_alter_table('school_class', schema=None) as batch_op:
        batch_op.drop_index('ux_class_name', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_school_class_teacher_id'))
        batch_op.drop_index(batch_op.f('ix_school_class_school_id'))

    op.drop_table('school_class')
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.drop_index('ux_member_username', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_member_staff_id'))
        batch_op.drop_index(batch_op.f('ix_member_school_id'))
        batch_op.drop_index(batch_op.f('ix_member_area_id'))

    op.drop_table('member')
    with op.batch_alter_table('hazard', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hazard_school_id'))
        batch_op.drop_index(batch_op.f('ix_hazard_responsible_id'))
        batch_op.drop_index('ix_hazard_due_all')
        batch_op.drop_index('ix_hazard_due')

    op.drop_table('hazard')
    with op.batch_alter_table('canteen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_canteen_school_id'))
        batch_op.drop_index(batch_op.f('ix_canteen_manager_id'))

    op.drop_table('canteen')
    with op.batch_alter_table('bus_run', schema=None) as batch_op:
        batch_op.drop_index('ix_run_day_all')
        batch_op.drop_index('ix_run_day')
        batch_op.drop_index(batch_op.f('ix_bus_run_school_id'))
        batch_op.drop_index(batch_op.f('ix_bus_run_driver_id'))
        batch_op.drop_index(batch_op.f('ix_bus_run_bus_id'))

    op.drop_table('bus_run')
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.drop_index('ux_staff_id_number', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_staff_school_id'))
        batch_op.drop_index(batch_op.f('ix_staff_phone_hash'))
        batch_op.drop_index('ix_staff_name')

    op.drop_table('staff')
    with op.batch_alter_table('checklist_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_checklist_item_section_id'))

    op.drop_table('checklist_item')
    with op.batch_alter_table('bus_driver', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bus_driver_school_id'))
        batch_op.drop_index(batch_op.f('ix_bus_driver_phone_hash'))
        batch_op.drop_index(batch_op.f('ix_bus_driver_id_number_hash'))

    op.drop_table('bus_driver')
    with op.batch_alter_table('bus', schema=None) as batch_op:
        batch_op.drop_index('ux_bus_plate', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_bus_school_id'))

    op.drop_table('bus')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_school_id'))
        batch_op.drop_index('ix_attachment_row')

    op.drop_table('attachment')
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.drop_index('ux_school_code', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ix_school_name')
        batch_op.drop_index(batch_op.f('ix_school_area_id'))

    op.drop_table('school')
    with op.batch_alter_table('checklist_section', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_checklist_section_template_id'))

    op.drop_table('checklist_section')
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.drop_index('ux_term', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.drop_table('term')
    op.drop_table('submission')
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_batch_school_id'))
        batch_op.drop_index(batch_op.f('ix_import_batch_request_id'))

    op.drop_table('import_batch')
    with op.batch_alter_table('checklist_template', schema=None) as batch_op:
        batch_op.drop_index('ux_template', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.drop_table('checklist_template')
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_change_school_id'))
        batch_op.drop_index('ix_change_row')
        batch_op.drop_index('ix_change_request')

    op.drop_table('change')
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.drop_index('ux_area_code', sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))
        batch_op.drop_index('ix_area_path')
        batch_op.drop_index(batch_op.f('ix_area_parent_id'))

    op.drop_table('area')
    with op.batch_alter_table('access_log', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_log_school_id'))
        batch_op.drop_index('ix_access_at')

    op.drop_table('access_log')
