// Back to the list as it was: filters, order and page are kept in this tab alone, never in a cookie or on the server.
const KEY = "list:";

function remember() {
  if (document.querySelector(".bar, .rows, .none") && location.pathname.endsWith("/list/")) sessionStorage.setItem(KEY + location.pathname, location.search);
}

function forget() {
  Object.keys(sessionStorage).filter((key) => key.startsWith(KEY)).forEach((key) => sessionStorage.removeItem(key));
}

function lead(link) {
  link.search = sessionStorage.getItem(KEY + link.pathname) ?? "";
}

function carry(form) {
  const list = form.dataset.list;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "_list", value: sessionStorage.getItem(KEY + list) ?? "" });
  form.append(field);
}

if (document.querySelector(".door")) forget();
else remember();
document.querySelectorAll("a.back").forEach(lead);
document.querySelectorAll("form[data-list]").forEach(carry);
