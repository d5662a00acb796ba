// A figure that is wider than the screen scrolls in its box: the keyboard has to reach the box then.
"use strict";

function letKeyboardScroll() {
  for (const box of document.querySelectorAll(".pictures")) {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}

window.addEventListener("load", letKeyboardScroll);
window.addEventListener("resize", letKeyboardScroll);
