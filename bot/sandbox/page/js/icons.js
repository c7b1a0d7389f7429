/** The page's own line drawings on a grid of 24. */
import { svg } from "./dom.js";

const DRAWINGS = {
  alert: "M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.2v.3",
  archive: "M4 8h16v11H4zM3 4.5h18V8H3zM10 12h4",
  at: "M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Zm0 0v1.4a2.5 2.5 0 0 0 5 0V12a8.5 8.5 0 1 0-3.4 6.8",
  back: "M15 5l-7 7 7 7",
  bolt: "M13 3 5 13.5h6L10 21l9-11.5h-6.2L13 3Z",
  bookmark: "M7 4h10v16l-5-4-5 4V4Z",
  canvas: "M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4",
  check: "M5 12.5 10 17l9-10",
  chevron: "M7 10l5 5 5-5",
  clock: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM12 7v5l3.5 2",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  guide: "M12 3a6 6 0 0 1 3.5 10.9V17h-7v-3.1A6 6 0 0 1 12 3ZM9.5 20.5h5",
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  home: "M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z",
  leave: "M14 4H5v16h9M10 12h11M17.5 8.5 21 12l-3.5 3.5",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  moon: "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  next: "M5 5l9 7-9 7zM18 5v14",
  paperclip: "M20 11.5 12 19.4a5 5 0 0 1-7-7l8.2-8.2a3.4 3.4 0 0 1 4.8 4.8l-8.2 8.2a1.7 1.7 0 0 1-2.4-2.4l7.4-7.5",
  pause: "M8 5v14M16 5v14",
  pencil: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19 4 20Z",
  people: "M12.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0ZM2.5 19.5c0-3.5 3-5.5 6.5-5.5s6.5 2 6.5 5.5M15.5 4.9a3.5 3.5 0 0 1 0 6.2M18 14.6c2.2.8 3.5 2.5 3.5 4.9",
  pin: "M9 3.5h6l-.8 6.5 3.3 3.5v1.5h-11v-1.5L9.8 10 9 3.5ZM12 15v6",
  play: "M7 4.5v15l12-7.5z",
  plus: "M12 5v14M5 12h14",
  reply: "M20 5H4v11h4v4l5-4h7zM8 10.5h8",
  restart: "M19.5 12a7.5 7.5 0 1 1-2.4-5.5M19.5 3.5v4.3h-4.3",
  send: "M4 4.5 21 12 4 19.5 6.5 12 4 4.5ZM6.5 12H13",
  smile: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM8.5 14.5c1.8 2.3 5.2 2.3 7 0M9 9.5v.3M15 9.5v.3",
  stop: "M6.5 6.5h11v11h-11z",
  sun: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  traffic: "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  tune: "M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
};

/** A drawing by name; it says nothing to a screen reader, the element around it does. */
export function icon(name) {
  const frame = { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" };
  return svg("svg", frame, svg("path", { d: DRAWINGS[name] }));
}
