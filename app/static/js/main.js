// Everything the pages do beyond plain HTML. Each page works without it: links, forms and <details> are enough.
import "./ask.js";
import "./form.js";
import "./draft.js";
import "./list.js";
import "./lookup.js";
import "./menu.js";
import "./paste.js";
import "./back.js";
import "./offline/leave.js";
