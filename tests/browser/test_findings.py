"""The lists of what is left to do after inspections, of those who read them."""

import pytest


@pytest.mark.parametrize(("account", "device", "path"), [
    ("county", "desk", "/finding/list/?m=overdue"), ("township", "phone", "/finding/list/?m=overdue"), ("county", "desk", "/opinion/list/"),
    ("school", "phone", "/opinion/list/"), ("township", "desk", "/"), ("superior", "desk", "/finding/list/")])
def test_lists_of_what_is_left_to_do(page_for, look, account, device, path):
    page = page_for(account, device)
    page.goto(path)
    look(page, f"{account}{path.replace('/', '-').partition('?')[0].rstrip('-')}-{device}")
