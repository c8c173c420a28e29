// The answer to a form has no address of its own: without this, Back and Reload would ask whether
// to send the form once more. They show the page it belongs to instead.
const { content } = document.querySelector("meta[name=shown-at]");
history.replaceState(history.state, "", content + location.hash);
