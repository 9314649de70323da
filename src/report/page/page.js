// Draws the page from its data, the JSON in #data. Nothing is loaded.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = document.getElementById("page");
  const SVG = "http://www.w3.org/2000/svg";

  // ---- Elements ----

  // An element with attributes and children; texts become text nodes, never HTML.
  function make(name, attributes, ...children) {
    return fill(document.createElement(name), attributes, children);
  }
  function draw(name, attributes, ...children) {
    return fill(document.createElementNS(SVG, name), attributes, children);
  }
  function fill(element, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }
  const color = (ink) => `var(--${ink})`;
  const fixed = (number) => Number(number.toFixed(2));

  // ---- Sections ----

  const index = make("ul", { class: "index" });
  function section(id, title, note) {
    index.append(make("li", {}, make("a", { href: `#${id}` }, title)));
    const found = make("section", { id }, make("h2", {}, title));
    if (note) found.append(make("p", { class: "soft" }, note));
    page.append(found);
    return found;
  }

  function heading() {
    const theme = make("button", { type: "button", id: "theme" }, "dark / light");
    theme.addEventListener("click", () => {
      const root = document.documentElement;
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
    });
    const words = make("div", {}, make("h1", {}, data.scenario), make("p", { class: "soft" }, data.played));
    if (data.description) words.append(make("p", {}, data.description));
    page.append(make("header", {}, words, theme), make("nav", { "aria-label": "contents" }, index));
  }

  const SIGNS = { bad: "✗", warning: "!", note: "·", good: "✓" };
  function deviations() {
    const list = make("ul", { class: "deviations" });
    for (const { tone, text, section } of data.deviations) {
      const item = make("li", { class: tone }, make("b", {}, `${SIGNS[tone]} `), text);
      if (section) item.append(" ", make("a", { href: `#${section}` }, "details"));
      list.append(item);
    }
    section("deviations", "What deviates").append(list);
  }

  function table(of) {
    const head = make("tr", {});
    for (const { head: text, numeric } of of.columns) {
      head.append(make("th", { class: numeric ? "number" : null, scope: "col" }, text));
    }
    const body = make("tbody", {});
    of.rows.forEach((row, at) => {
      const line = make("tr", { class: at >= of.rows.length - of.sums ? "sum" : null });
      row.forEach((cell, column) => {
        const long = cell.text.length > 60 ? "long" : null;
        const kinds = [of.columns[column].numeric ? "number" : null, long, cell.tone].filter(Boolean);
        line.append(make("td", { class: kinds.join(" ") || null }, cell.text));
      });
      body.append(line);
    });
    return make("div", { class: "scroll", tabindex: "0" }, make("table", {}, make("thead", {}, head), body));
  }

  // ---- Plots ----

  const charts = [];
  function plot(chart, title) {
    const caption = make("figcaption", {}, make("h3", {}, title), make("p", { class: "soft" }, chart.caption));
    const sheet = draw("svg", { role: "img", "aria-label": `${chart.subject}: ${chart.of}` });
    const figure = make("figure", { id: chart.name }, caption, legend(chart.legend), sheet);
    charts.push({ chart, sheet, figure });
    return figure;
  }

  function legend(keys) {
    const list = make("ul", { class: "legend" });
    for (const { label, sign } of keys) {
      const box = draw("svg", { viewBox: "0 0 20 14", "aria-hidden": "true" });
      const [kind, value] = Object.entries(sign)[0];
      if (kind === "area") box.append(draw("rect", { width: 20, height: 14, fill: color(value) }));
      if (kind === "hatch") box.append(...hatch(0, 0, 20, 14, color(value)));
      if (kind === "line") box.append(draw("path", { d: "M0 7H20", ...stroke(value) }));
      if (kind === "mark") box.append(mark(value, 10, 2));
      if (kind === "dot") box.append(dot(value[1], 10, 7, 5, { fill: color(value[0]) }));
      list.append(make("li", {}, box, label));
    }
    return list;
  }

  const DASHES = { whole: null, dashed: "7 4", dotted: "2 3", dashDotted: "11 3 2 3" };
  function stroke({ ink, width, dashes }) {
    return { fill: "none", stroke: color(ink), "stroke-width": width, "stroke-dasharray": DASHES[dashes] };
  }
  const MARKS = { scaleOut: ["vermilion", 9, 0], scaleIn: ["blue", 0, 9], interruption: ["red", 0, 9] };
  function mark(kind, x, y) {
    const [ink, base, tip] = MARKS[kind];
    return draw("path", { d: `M${fixed(x - 4.5)} ${y + base}h9L${fixed(x)} ${y + tip}Z`, fill: color(ink) });
  }
  // A dot of about the area of a circle with this radius.
  const CORNERS = {
    square: [0.89, [[-1, -1], [1, -1], [1, 1], [-1, 1]]],
    triangle: [1, [[0, -1.4], [1.2, 0.8], [-1.2, 0.8]]],
    diamond: [1.25, [[0, -1], [1, 0], [0, 1], [-1, 0]]],
  };
  function dot(shape, x, y, radius, attributes) {
    if (shape === "circle") return draw("circle", { cx: fixed(x), cy: fixed(y), r: radius, ...attributes });
    const [size, corners] = CORNERS[shape];
    const places = corners.map(([dx, dy]) => `${fixed(x + dx * size * radius)} ${fixed(y + dy * size * radius)}`);
    return draw("path", { d: `M${places.join("L")}Z`, ...attributes });
  }
  function hatch(left, top, right, bottom, ink) {
    const lines = [];
    const [width, height] = [right - left, bottom - top];
    for (let shift = 6; shift < width + height; shift += 6) {
      const from = [Math.max(shift - height, 0), Math.min(shift, height)];
      const to = [Math.min(shift, width), Math.max(shift - width, 0)];
      const d = `M${fixed(left + from[0])} ${fixed(top + from[1])}L${fixed(left + to[0])} ${fixed(top + to[1])}`;
      lines.push(draw("path", { d, fill: "none", stroke: ink, "stroke-width": 2 }));
    }
    return lines;
  }
  function text(x, y, words, anchor, strong) {
    return draw("text", { x: fixed(x), y: fixed(y), "text-anchor": anchor, class: strong ? "strong" : null }, words);
  }

  // The width of a text in points.
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  const wide = (words) => ruler.measureText(words).width;
  // A text cut in its middle, so that it fits.
  function fit(words, room) {
    let kept = words.length;
    let cut = words;
    while (kept > 1 && wide(cut) > room) {
      kept -= 1;
      const head = Math.ceil(kept / 2);
      cut = `${words.slice(0, head)}…${words.slice(words.length - (kept - head))}`;
    }
    return cut;
  }

  // From a value of an axis to a place between two ends.
  function scale(axis, begin, end) {
    const way = (value) => axis.logarithmic
      ? Math.log(value / axis.from) / Math.log(axis.to / axis.from)
      : (value - axis.from) / (axis.to - axis.from);
    return (value) => begin + way(Math.min(Math.max(value, axis.from), axis.to)) * (end - begin);
  }

  // The axis below: labels that would overlap are left out.
  function bottom(sheet, axis, x, left, right, y) {
    sheet.append(draw("path", { d: `M${left} ${y}H${right}`, fill: "none", stroke: color("soft") }));
    let last = -Infinity;
    for (const [value, label] of axis.ticks) {
      const at = x(value);
      sheet.append(draw("path", { d: `M${fixed(at)} ${y}v5`, fill: "none", stroke: color("soft") }));
      const half = wide(label) / 2;
      const middle = Math.min(Math.max(at, half), sheet.width0 - half);
      if (middle - half < last + 8) continue;
      last = middle + half;
      sheet.append(text(middle, y + 18, label, "middle"));
    }
    const lines = wrap(axis.name, sheet.width0 - 10);
    lines.forEach((line, at) => sheet.append(text(sheet.width0 / 2, y + 38 + 15 * at, line, "middle")));
    return y + 44 + 15 * (lines.length - 1);
  }
  function wrap(words, room) {
    const lines = [];
    for (const word of words.split(" ")) {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && wide(longer) <= room) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  function size(sheet, width, height) {
    sheet.setAttribute("viewBox", `0 0 ${fixed(width)} ${fixed(height)}`);
  }

  function bars(sheet, { axis, rows, nothing }, width) {
    const names = rows.map((row) => fit(row.name, Math.max(width * 0.28, 60)));
    const left = 12 + Math.max(0, ...names.map(wide));
    const values = Math.max(0, ...rows.map((row) => wide(row.value)));
    // On a narrow screen the value stands below its bar.
    const narrow = width - left - values < width * 0.4;
    const right = width - (narrow ? 8 : values + 14);
    const step = narrow ? 46 : 34;
    const floor = 6 + step * Math.max(rows.length, 1);
    const x = scale(axis, left, right);
    for (const [value] of axis.ticks) {
      sheet.append(draw("path", { d: `M${fixed(x(value))} 6V${floor}`, fill: "none", stroke: color("faint") }));
    }
    rows.forEach((row, index) => {
      const top = 6 + step * index + 5;
      const base = top + (row.below ? 15 : 22);
      sheet.append(text(left - 8, top + 14, names[index], "end", true));
      let sum = 0;
      for (const [ink, length] of row.parts) {
        const from = x(sum);
        sum += length;
        const attributes = { x: fixed(from), y: top, width: fixed(x(sum) - from), height: base - top, fill: color(ink) };
        sheet.append(draw("rect", attributes));
      }
      if (row.hatched) sheet.append(...hatch(x(0), top, x(sum), base, "var(--paper)"));
      if (row.below) {
        sheet.append(draw("rect", { x: left, y: base + 2, width: fixed(x(row.below) - left), height: 5, fill: color("grey") }));
      }
      let end = x(sum);
      if (row.interval) {
        const middle = (top + base) / 2;
        const [low, high] = row.interval.map((value) => x(Math.max(value, 0)));
        end = Math.max(end, high);
        const d = `M${fixed(low)} ${middle}H${fixed(high)}M${fixed(low)} ${middle - 5}v10M${fixed(high)} ${middle - 5}v10`;
        sheet.append(draw("path", { d, fill: "none", stroke: color("text"), "stroke-width": 1.5 }));
      }
      if (narrow) sheet.append(text(left, top + 36, row.value, "start", true));
      else sheet.append(text(end + 8, top + 15, row.value, "start", true));
    });
    if (!rows.length) sheet.append(text(width / 2, 24, nothing, "middle"));
    sheet.append(draw("path", { d: `M${fixed(left)} 6V${floor}`, fill: "none", stroke: color("soft") }));
    size(sheet, width, bottom(sheet, axis, x, left, right, floor));
  }

  // A path in steps: each value holds up to the next place.
  function steps(points, end, x, y, value) {
    return points.map((point, at) => {
      const to = at + 1 < points.length ? points[at + 1][0] : end;
      return `${at ? "V" : ""}${at ? "" : `${fixed(x(point[0]))} `}${fixed(y(value(point)))}H${fixed(x(to))}`;
    }).join("");
  }
  function outline({ points, end }, x, y) {
    const up = `M${steps(points, end, x, y, (point) => point[2])}`;
    let back = "";
    for (let at = points.length - 1; at >= 0; at -= 1) {
      back += `V${fixed(y(points[at][1]))}H${fixed(x(points[at][0]))}`;
    }
    return `${up}${back}Z`;
  }

  // Boxes above each other over one axis; `paint` draws the data of each.
  function boxes(sheet, { axis, panels }, width, paint) {
    const labels = panels.flatMap((panel) => panel.axis.ticks.map((tick) => wide(tick[1])));
    const left = 12 + Math.max(0, ...labels);
    const right = width - 8;
    const x = scale(axis, left, right);
    let top = 0;
    for (const panel of panels) {
      const titles = wrap(panel.title, width - 8);
      titles.forEach((line, at) => sheet.append(text(4, top + 13 + 15 * at, line, "start")));
      top += 24 + 15 * (titles.length - 1);
      const floor = top + panel.height;
      const y = scale(panel.axis, floor, top);
      for (const [value, label] of panel.axis.ticks) {
        const d = `M${fixed(left)} ${fixed(y(value))}H${right}`;
        sheet.append(draw("path", { d, fill: "none", stroke: color("faint") }));
        sheet.append(text(left - 6, y(value) + 4, label, "end"));
      }
      paint(panel, { x, y, left, right, top, floor });
      sheet.append(draw("path", { d: `M${fixed(left)} ${floor}H${right}`, fill: "none", stroke: color("soft") }));
      top = floor + 14;
    }
    size(sheet, width, bottom(sheet, axis, x, fixed(left), right, top - 14));
  }

  function panels(sheet, drawing, width) {
    boxes(sheet, drawing, width, (panel, { x, y, left, right, top, floor }) => {
      for (const layer of panel.areas) {
        if (layer.points.length) sheet.append(draw("path", { d: outline(layer, x, y), fill: color(layer.ink) }));
      }
      for (const line of panel.lines) {
        if (!line.points.length) continue;
        const d = `M${steps(line.points, line.end, x, y, (point) => point[1])}`;
        sheet.append(draw("path", { d, ...stroke(line.stroke), "stroke-linejoin": "round" }));
      }
      for (const [from, to] of panel.spans) {
        const [begin, end] = [x(from), Math.min(Math.max(x(to), x(from) + 1.5), right)];
        sheet.append(draw("rect", { x: fixed(begin), y: top - 6, width: fixed(end - begin), height: 5, fill: color("red") }));
        const d = `M${fixed(begin)} ${top}V${floor}M${fixed(end)} ${top}V${floor}`;
        sheet.append(draw("path", { d, fill: "none", stroke: color("red"), "stroke-dasharray": "2 3" }));
      }
      for (const [kind, below] of [["scaleOut", 2], ["scaleIn", 14], ["interruption", 2]]) {
        let [last, drawn] = [-Infinity, null];
        for (const { at, why } of panel.marks.filter((one) => one.kind === kind)) {
          if (x(at) - last >= 4) {
            last = x(at);
            drawn = mark(kind, last, top + below);
            sheet.append(drawn);
          }
          if (!why) continue;
          if (!drawn.firstChild) drawn.append(draw("title", {}));
          drawn.firstChild.append(`${why}\n`);
        }
      }
      if (panel.nothing) sheet.append(text((left + right) / 2, (top + floor) / 2, panel.nothing, "middle"));
    });
  }

  function scatter(sheet, drawing, width) {
    boxes(sheet, drawing, width, (panel, { x, y, top, floor }) => {
      for (const [value] of drawing.axis.ticks) {
        const d = `M${fixed(x(value))} ${top}V${floor}`;
        sheet.append(draw("path", { d, fill: "none", stroke: color("faint") }));
      }
      for (const { ink, shape, runs } of panel.dots) {
        for (const [cost, value] of runs) sheet.append(dot(shape, x(cost), y(value), 2.6, { fill: color(ink) }));
      }
      for (const { name, ink, shape, mean } of panel.dots) {
        const edge = { fill: color(ink), stroke: color("text"), "stroke-width": 1.6 };
        const large = dot(shape, x(mean[0]), y(mean[1]), 6.8, edge);
        large.append(draw("title", {}));
        large.firstChild.append(name);
        sheet.append(large);
      }
    });
  }

  function drawAll(width) {
    for (const { chart, sheet, figure } of charts) {
      const room = width || figure.clientWidth || 900;
      if (sheet.width0 === room) continue;
      sheet.width0 = room;
      sheet.replaceChildren();
      if (chart.drawing.bars) bars(sheet, chart.drawing.bars, room);
      else if (chart.drawing.scatter) scatter(sheet, chart.drawing.scatter, room);
      else panels(sheet, chart.drawing.panels, room);
    }
  }

  function plots() {
    const all = data.charts.filter((chart) => chart.variant === null);
    const whole = section("plots", "Plots of all variants");
    whole.append(...all.map((chart) => plot(chart, chart.subject)));
    const names = [...new Set(data.charts.map((chart) => chart.variant))].filter((name) => name !== null);
    names.forEach((name, at) => {
      const own = data.charts.filter((chart) => chart.variant === name);
      // What happened comes before the means.
      own.sort((a, b) => Number(b.name.startsWith("timeline-")) - Number(a.name.startsWith("timeline-")));
      const note = at === 0 && names.length > 1 ? "The plots of all variants have the same axes, unless nothing would be seen." : "";
      section(`variant-${at + 1}`, `Over time: ${name}`, note).append(...own.map((chart) => plot(chart, chart.subject)));
    });
    if (data.leftOut) page.append(make("p", { class: "soft" }, data.leftOut));
  }

  function figures() {
    const found = section("figures", "All figures");
    const box = make("div", {});
    const filter = make("input", { type: "search", placeholder: "part of a path", "aria-label": "filter figures" });
    const fill = () => {
      const words = filter.value.toLowerCase();
      const rows = data.figures.filter((row) => row.path.toLowerCase().includes(words));
      const shown = rows.slice(0, 400);
      const columns = [{ head: "figure", numeric: false }, ...data.variants.map((head) => ({ head, numeric: true }))];
      const cells = shown.map((row) => [row.path, ...row.values].map((text) => ({ text: text || "–" })));
      const note = rows.length > shown.length ? `The first ${shown.length} of ${rows.length}: filter for others.` : "";
      box.replaceChildren(make("p", { class: "soft" }, note), table({ columns, rows: cells, sums: 0 }));
    };
    filter.addEventListener("input", fill);
    const details = make("details", {}, make("summary", {}, `every figure of every variant (${data.figures.length} rows)`), filter, box);
    details.addEventListener("toggle", () => { if (details.open && !box.firstChild) fill(); });
    found.append(details);
  }

  heading();
  deviations();
  for (const one of data.tables) section(one.section, one.title, one.note).append(table(one));
  plots();
  figures();
  page.append(make("footer", { class: "soft" }, "Written by ecsim. The files beside this page hold the same results: summary.json, *.csv, plots/."));
  drawAll();
  addEventListener("resize", () => drawAll());
  addEventListener("beforeprint", () => drawAll(720));
  addEventListener("afterprint", () => drawAll());
})();
