/** Light, dark, or as the system says until somebody chooses. */
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";

const KEPT = "theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function shown() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}

/** Put the theme that was chosen before in place. */
export function applyTheme() {
  const theme = chosen();
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
}

/** The button that changes between the two. */
export function themeButton() {
  const button = h("button", { type: "button", class: "icon-button" });
  const draw = () => {
    const other = shown() === "dark" ? "light" : "dark";
    button.setAttribute("aria-label", `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    replace(button, icon(other === "dark" ? "moon" : "sun"));
  };
  button.addEventListener("click", () => {
    const other = shown() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = other;
    try {
      localStorage.setItem(KEPT, other);
    } finally {
      draw();
    }
  });
  dark.addEventListener("change", draw);
  draw();
  return button;
}
