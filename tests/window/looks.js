/* What is wrong with how the page stands on screen: texts that are hard to read, parts that stick out, references that lead nowhere. */
() => {
  const wrong = [];
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} “${element.textContent.trim().slice(0, 40)}”`;

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((one, index) => one * a + under[index] * (1 - a));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const colour = channels(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const faded = (element) => {
    let rest = 1;
    for (let one = element; one; one = one.parentElement) rest *= Number(getComputedStyle(one).opacity);
    return rest;
  };
  const idle = (element) => element.closest(":disabled, [aria-disabled=true], [aria-hidden=true]");

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !shown(element) || idle(element) || element.closest(".emoji, option")) continue;
    const style = getComputedStyle(element);
    const under = ground(element);
    const [r, g, b, a] = channels(style.color);
    const ratio = contrast(over([r, g, b, a * faded(element)], under), under);
    const size = Number.parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least) wrong.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
  }

  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const clips = (element) => element && (getComputedStyle(element).overflowX !== "visible" || clips(element.parentElement));
  for (const element of document.querySelectorAll("button, input, textarea, [role=log], h1")) {
    const box = element.getBoundingClientRect();
    const out = shown(element) && (box.right > innerWidth + 1 || box.left < -1);
    if (out && box.width > 1 && !clips(element.parentElement)) wrong.push(`sticks out: ${name(element)}`);
  }

  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) wrong.push(`two of #${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-activedescendant", "for"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const lost = element.getAttribute(attribute).split(/\s+/).filter((id) => !document.getElementById(id));
      if (lost.length) wrong.push(`${attribute}=${lost}: ${name(element)}`);
    }
  }
  for (const element of document.querySelectorAll("[tabindex]")) if (element.tabIndex > 0) wrong.push(`tabindex ${element.tabIndex}: ${name(element)}`);
  for (const element of document.querySelectorAll("img:not([alt])")) wrong.push(`no alt: ${name(element)}`);
  const headings = [...document.querySelectorAll("h1")].filter(shown);
  if (headings.length !== 1) wrong.push(`${headings.length} first headings`);
  if (!document.documentElement.lang || !document.title) wrong.push("no language or no title");
  return [...new Set(wrong)];
}
