/* What the tests measure inside a page; evaluated there after axe and HTML_CodeSniffer, or alone. */
(() => {
  const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"];

  /* ---- colour: whatever the browser computed (oklch, color-mix) goes through one pixel of a canvas ---- */
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  function pixel(colour) {
    if (!known.has(colour)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = "#000";
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((each, i) => each * a + below[i] * (1 - a));
  const linear = (each) => ((each /= 255) <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  function contrast(one, other) {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  }
  /* The ground on which an element stands: the painted colours of it and its ancestors, from the canvas up. */
  function ground(element) {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const colour = pixel(getComputedStyle(each).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    const page = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((below, each) => over(each, below), page);
  }
  function name(element) {
    const words = (element.getAttribute("aria-label") || element.innerText || element.name || "").trim().slice(0, 40);
    const parent = element.parentElement ? `${element.parentElement.tagName.toLowerCase()}.${element.parentElement.className} > ` : "";
    return `${parent}${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${element.className} « ${words.replace(/\s+/g, " ")} »`;
  }
  function shown(element) {
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return false;
    if (element.closest("details:not([open]) > :not(summary), .visually-hidden")) return false;
    const style = getComputedStyle(element);
    return style.visibility === "visible" && Number(style.opacity) > 0 && element.checkVisibility();
  }

  /* ---- the edge of every control against what surrounds it: 3:1 (WCAG 1.4.11) ---- */
  const CONTROLS = "input:not([type=hidden], [type=file]), select, textarea, button, .button, .chip, .scores label";
  function edge(element) {
    if (element.matches(".scores input")) return null;  // Drawn by its label.
    const style = getComputedStyle(element);
    const outside = ground(element.parentElement || element);
    const inside = over(pixel(style.backgroundColor), outside);
    let best = contrast(inside, outside);
    for (const side of ["Top", "Right", "Bottom", "Left"]) {
      if (parseFloat(style[`border${side}Width`]) < 1 || style[`border${side}Style`] === "none") continue;
      best = Math.max(best, contrast(over(pixel(style[`border${side}Color`]), outside), outside));
    }
    return best;
  }
  function looksLikeText(element) {
    /* A button without border nor ground of its own is a word one presses: its text is measured by axe. */
    const style = getComputedStyle(element);
    const bare = pixel(style.backgroundColor)[3] === 0 && ["Top", "Right", "Bottom", "Left"].every((side) => parseFloat(style[`border${side}Width`]) === 0 || pixel(style[`border${side}Color`])[3] === 0);
    return bare && element.matches("button, .button, a");
  }
  function edges() {
    const weak = [];
    for (const element of document.querySelectorAll(CONTROLS)) {
      if (!shown(element) || looksLikeText(element)) continue;
      const ratio = edge(element);
      if (ratio !== null && ratio < 2.995) weak.push(`edge ${ratio.toFixed(2)}:1 ${name(element)}`);
    }
    return weak;
  }

  /* ---- the focus ring of the element that has the focus ---- */
  function ring() {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    let holder = element;
    let style = getComputedStyle(holder);
    const drawn = (each) => each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 1;
    /* A hidden radio shows its focus on its label, the link of a card on the card. */
    for (let up = 0; up < 5 && !drawn(style) && holder.parentElement; up += 1) {
      holder = holder.parentElement;
      style = getComputedStyle(holder);
    }
    const answer = { key: name(element), faults: [] };
    /* The button of the calendar, inside a date, has the browser's own ring. */
    if (!drawn(style) && element.matches("input[type=date], input[type=datetime-local]") && !element.matches(":focus-visible")) return answer;
    if (!drawn(style)) { answer.faults.push("no ring"); return answer; }
    const colour = pixel(style.outlineColor);
    const outside = ground(holder.parentElement || holder);
    answer.ratio = contrast(over(colour, outside), outside);
    if (answer.ratio < 3) answer.faults.push(`ring ${answer.ratio.toFixed(2)}:1`);
    if (parseFloat(style.outlineWidth) < 2) answer.faults.push(`ring of ${style.outlineWidth}`);
    const reach = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth) / 2;
    const inline = getComputedStyle(holder).display === "inline";
    const boxes = inline ? [...holder.getClientRects()] : [holder.getBoundingClientRect()];
    if (!boxes.length || !boxes[0].width) { answer.faults.push("nothing to see"); return answer; }
    /* Of each side the middle of what is in the window; a long text area may be taller than the window. */
    let seen = 0;
    const covered = [];
    for (const box of boxes) {
      const top = box.top - reach, bottom = box.bottom + reach, left = box.left - reach, right = box.right + reach;
      const x = (Math.max(left, 1) + Math.min(right, innerWidth - 1)) / 2, y = (Math.max(top, 1) + Math.min(bottom, innerHeight - 1)) / 2;
      for (const [px, py] of [[x, top], [x, bottom], [left, y], [right, y]]) {
        if (px < -reach || py < 0 || px > innerWidth + reach || py > innerHeight) continue;
        const stack = document.elementsFromPoint(Math.min(Math.max(px, 0), innerWidth - 1), Math.min(py, innerHeight - 1));
        const above = stack.find((each) => {
          if (each === holder || holder.contains(each) || each.contains(holder)) return true;
          const position = getComputedStyle(each).position;
          return (position === "sticky" || position === "fixed") && pixel(getComputedStyle(each).backgroundColor)[3] > 0.5;
        });
        if (above && !(above === holder || holder.contains(above) || above.contains(holder))) covered.push(name(above));
        else seen += 1;
      }
    }
    /* A text area taller than the room left by a bar keeps one side under it; a link has no such excuse. */
    if (covered.length > seen) answer.faults.push(`ring under ${covered[0]}`);
    if (!seen) answer.faults.push("ring out of sight");
    for (let each = holder.parentElement; each; each = each.parentElement) {  // An ancestor that cuts it.
      const cut = getComputedStyle(each);
      if (cut.overflowX === "visible" && cut.overflowY === "visible") continue;
      if (each === document.documentElement || each === document.body) break;
      const frame = each.getBoundingClientRect(), box = boxes[0];
      if (cut.overflowX !== "visible" && (box.left - 2 < frame.left - 0.5 || box.right + 2 > frame.right + 0.5)) answer.faults.push(`ring cut by ${name(each)}`);
      break;
    }
    return answer;
  }

  /* ---- no sideways scroll: the guilty, deepest first ---- */
  function overflow() {
    const page = document.scrollingElement, width = page.clientWidth;
    if (page.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll("body *")].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width && box.right > width + 1 && !["fixed"].includes(getComputedStyle(each).position);
    });
    const deepest = wide.filter((each) => !wide.some((other) => other !== each && each.contains(other)));
    return [`scrolls sideways: ${page.scrollWidth} of ${width} px`, ...deepest.slice(0, 4).map((each) => `  wide: ${name(each)}`)];
  }

  function twice(attribute) {
    const values = [...document.querySelectorAll(`[${attribute}]`)].map((each) => each.getAttribute(attribute));
    return [...new Set(values.filter((each, at) => values.indexOf(each) !== at))].map((each) => `${attribute} twice: ${each}`);
  }
  const doubles = () => [...twice("id"), ...twice("accesskey")];

  /* ---- a text that axe could not judge, because a drawing lies under it: its colour against its painted ground ---- */
  /* A word of a drawing stands on the shape below it, else on the ground of the drawing. */
  function underneath(word) {
    word.scrollIntoView({ block: "center" });
    const box = word.getBoundingClientRect(), middle = [box.x + box.width / 2, box.y + box.height / 2];
    const shape = document.elementsFromPoint(...middle).find((each) => each.matches("path, rect, circle, polygon") && getComputedStyle(each).fill !== "none");
    const below = ground(word.closest("svg"));
    return shape ? over(pixel(getComputedStyle(shape).fill), below) : below;
  }
  function words(selector) {
    const element = document.querySelector(selector);
    if (!element) return 0;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    let seen = 1;
    for (let each = element; each; each = each.parentElement) seen *= Number(getComputedStyle(each).opacity);
    const drawn = element instanceof SVGElement;
    const below = drawn ? underneath(element) : ground(element), colour = pixel(drawn ? style.fill : style.color);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return contrast(over([...colour.slice(0, 3), colour[3] * seen], below), below) / (large ? 3 : 4.5);
  }

  /* ---- the two engines ---- */
  async function axe() {
    /* A bar that stays on the screen covers, in a picture of the whole page, what one scrolls to: let it lie for once. */
    for (const each of document.querySelectorAll("body *")) {
      if (["sticky", "fixed"].includes(getComputedStyle(each).position)) each.style.position = "static";
    }
    /* In forced colours every colour is the reader's; computed styles still tell ours for some elements. */
    const rules = { "color-contrast": { enabled: !matchMedia("(forced-colors: active)").matches } };
    const said = await window.axe.run(document, { runOnly: { type: "tag", values: AXE_TAGS }, rules, resultTypes: ["violations", "incomplete"] });
    const plain = (results) => results.flatMap((rule) => rule.nodes.map((node) => ({
      rule: rule.id, selector: node.target.flat().join(" "), html: node.html.slice(0, 300),
      legible: rule.id === "color-contrast" && node.target.length === 1 ? words(node.target[0]) : 0,
      message: [...node.any, ...node.all, ...node.none].map((each) => each.message).join(" ; ").slice(0, 300),
    })));
    return { violations: plain(said.violations), incomplete: plain(said.incomplete) };
  }
  function sniffer() {
    return new Promise((resolve) => {
      window.HTMLCS.process("WCAG2AA", document, () => resolve(
        window.HTMLCS.getMessages().filter((each) => each.type === window.HTMLCS.ERROR).map((each) => ({
          code: each.code, message: each.msg.slice(0, 200), html: (each.element?.outerHTML || "").slice(0, 200),
        }))));
    });
  }
  window.screens = { axe, sniffer, edges, ring, overflow, doubles, contrast: (one, other) => contrast(pixel(one), pixel(other)) };
})();
