// Paper is white: a page that is read in the dark theme is printed in the light one.
const paper = window.matchMedia("print");
let themeOnScreen = null;

paper.addEventListener("change", () => {
  const page = document.documentElement;
  if (paper.matches) {
    themeOnScreen = page.dataset.theme;
    page.dataset.theme = "light";
  } else if (themeOnScreen) {
    page.dataset.theme = themeOnScreen;
  }
});
