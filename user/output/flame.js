// SPDX-License-Identifier: MIT
//
// What moves in a flame graph: zoom, search, tooltip, keys. This runs inside the picture that
// flame_svg.c wrote, draws the same boxes from the whole tree, and asks the network for nothing.
//
// The boxes of a row that look alike are one path, so a view of tens of thousands of boxes has a
// few hundred elements. What lies under the pointer is looked up in the rows.
"use strict";
(() => {
const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";
const svg = document.getElementById("flame");
const part = (name) => svg.querySelector("." + name);
const info = JSON.parse(part("info").textContent);
const {row: ROW, margin: MARGIN, letter: LETTER, least: LEAST} = info;

// ---- The tree, packed as flame_data.h says ----

function bytesOf(base64) {
	const text = atob(base64), bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		bytes[i] = text.charCodeAt(i);
	return bytes;
}

function unpack(bytes) {
	const decoder = new TextDecoder();
	let at = 0;
	const next = () => {
		let value = 0, scale = 1, byte;
		do {
			byte = bytes[at++];
			value += (byte & 127) * scale;
			scale *= 128;
		} while (byte > 127);
		return value;
	};
	const list = (read) => Array.from({length: next()}, read);
	const strings = list(() => {
		const size = next();
		at += size;
		return decoder.decode(bytes.subarray(at - size, at));
	});
	const frames = list(() => {
		const [name, module, line, look] = [next(), next(), next(), next()];
		return {name: strings[name], module: strings[module], line: strings[line],
			class: Math.floor(look / info.shades),
			look: `k${Math.floor(look / info.shades)} s${look % info.shades}`};
	});
	const nr = next(), nrWeights = info.weights.length;
	const t = {nr, frames, parent: new Int32Array(nr), frame: new Int32Array(nr),
		depth: new Int32Array(nr), end: new Int32Array(nr),
		self: info.weights.map(() => new Float64Array(nr))};
	for (let i = 0; i < nr; i++) {
		const head = next();
		let parent = i - 1;
		for (let up = Math.floor(head / 2); up > 0; up--)
			parent = t.parent[parent];
		t.parent[i] = parent;
		t.depth[i] = i ? t.depth[parent] + 1 : 0;
		t.frame[i] = next();
		for (let w = 0; head % 2 && w < nrWeights; w++)
			t.self[w][i] = next();
	}
	t.total = t.self.map((self) => self.slice());
	for (let i = nr - 1; i >= 0; i--) {
		const parent = t.parent[i];
		t.end[i] = Math.max(t.end[i], i + 1); // behind the last node below it
		if (parent < 0)
			continue;
		t.end[parent] = Math.max(t.end[parent], t.end[i]);
		for (const total of t.total)
			total[parent] += total[i];
	}
	return t;
}

const tree = unpack(bytesOf(part("tree").textContent));
const frameOf = (node) => tree.frames[tree.frame[node]];
const nameOf = (node) => node ? frameOf(node).name : "all";

// ---- What is shown ----

const view = {zoom: 0, weight: info.weight, icicle: info.icicle, focus: -1,
	hits: null, // by frame: whether the search or the legend asks for it
	pattern: "", class: -1};
let rows = []; // by depth: the boxes {node, x, width} from left to right
let top = 0, width = 0, height = 0;

const total = (node, w = view.weight) => tree.total[w][node];

function layOut() {
	const {zoom} = view, left = [], scale = (width - 2 * MARGIN) / total(zoom);
	let drawn = 0;
	rows = [];
	for (let node = tree.parent[zoom]; node >= 0; node = tree.parent[node])
		rows[tree.depth[node]] = [{node, x: MARGIN, width: width - 2 * MARGIN}];
	left[tree.depth[zoom]] = MARGIN; // by depth: where the next box begins
	for (let node = zoom; node < tree.end[zoom];) {
		const depth = tree.depth[node], x = left[depth], wide = total(node) * scale;
		left[depth] = x + wide;
		if (wide < LEAST) {
			node = tree.end[node];
			continue;
		}
		left[depth + 1] = x;
		(rows[depth] ??= []).push({node, x, width: wide});
		drawn++;
		node++;
	}
	return drawn;
}

const rowY = (depth) => top + ROW * (view.icicle ? depth : rows.length - 1 - depth);

// The share of the zoomed frame that has a hit on its path, each event counted once.
function matched() {
	let sum = 0, nr = 0;
	for (let node = view.zoom; node < tree.end[view.zoom];) {
		if (node && view.hits[tree.frame[node]] && total(node)) {
			sum += total(node);
			nr++;
			node = tree.end[node];
		} else {
			node++;
		}
	}
	return {sum, nr};
}

// ---- Words and numbers ----

const count = (n) => n.toLocaleString("en-US");

function scaled(value, step, units) {
	let unit = 0;
	while (value >= (step === 1000 ? 999.5 : step) && unit < units.length - 1) {
		value /= step;
		unit++;
	}
	return (unit ? value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) : value) +
		" " + units[unit];
}

const formats = [count, (ns) => scaled(ns, 1000, ["ns", "µs", "ms", "s"]),
	(bytes) => scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB"])];
const amount = (value, w) => formats[w](value);

function percent(share, whole) {
	const value = whole ? 100 * share / whole : 0;
	return value > 0 && value < 0.1 ? "<0.1%" : value.toFixed(1) + "%";
}

const columnsOf = (character) => character.codePointAt(0) >= 0x1100 ? 2 : 1;

// As markup_label() in C: the text, or its beginning and an ellipsis.
function label(text, columns) {
	if (text.length * 2 <= columns)
		return text;
	let used = 0, whole = "";
	for (const character of text) {
		used += columnsOf(character);
		if (used > columns)
			return columns < 3 ? "" : whole + "…";
		if (used < columns)
			whole += character;
	}
	return text;
}

// ---- Drawing ----

function element(name, attributes, content = "", space = SVG) {
	const made = document.createElementNS(space, name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	made.textContent = content;
	return made;
}

function boxPath({x, width: wide}, y) {
	const w = wide > 2 ? wide - 0.6 : wide, h = ROW - 1, r = 2;
	if (w < 8)
		return `M${x.toFixed(1)} ${y}h${w.toFixed(1)}v${h}h${(-w).toFixed(1)}z`;
	const a = `a${r} ${r} 0 0 1`, across = (w - 2 * r).toFixed(1), down = h - 2 * r;
	return `M${(x + r).toFixed(1)} ${y}h${across}${a} ${r} ${r}v${down}${a} -${r} ${r}` +
		`h-${across}${a} -${r} -${r}v-${down}${a} ${r} -${r}z`;
}

function stateOf(node) {
	if (tree.depth[node] < tree.depth[view.zoom])
		return " below";
	return !view.hits ? "" : node && view.hits[tree.frame[node]] ? " hit" : " dim";
}

function drawRow(boxes, depth, into) {
	const paths = new Map(), y = rowY(depth), labels = [];
	for (const box of boxes) {
		const state = stateOf(box.node), look = frameOf(box.node).look + state;
		paths.set(look, (paths.get(look) ?? "") + boxPath(box, y));
		const text = label(nameOf(box.node), Math.floor((box.width - 6) / LETTER));
		if (text)
			labels.push(element("text", {x: (box.x + 4).toFixed(1), y: y + 13, class: state}, text));
	}
	for (const [look, d] of paths)
		into.append(element("path", {class: look, d}));
	into.append(...labels);
}

function drawLegend() {
	let x = MARGIN, y = top;
	for (const item of part("legend").children) {
		const wide = 34 + 7.8 * item.textContent.length;
		if (x > MARGIN && x + wide > width - MARGIN) {
			x = MARGIN;
			y += 20;
		}
		item.setAttribute("transform", `translate(${x} ${y})`);
		const on = Number(item.dataset.class) === view.class;
		item.classList.toggle("on", on);
		item.setAttribute("aria-pressed", on);
		x += wide;
	}
	top = y + 26;
}

function cutHead() {
	for (const line of svg.querySelectorAll(".about, .caveat"))
		line.lastChild.data = label(line.firstChild.textContent, Math.floor((width - 2 * MARGIN) / LETTER));
}

function drawFoot(drawn) {
	let all = 0;
	for (let node = Math.max(1, view.zoom); node < tree.end[view.zoom]; node++)
		all += total(node) > 0;
	const hidden = all - drawn + !view.zoom; // "all" itself is no frame
	const share = (100 * LEAST / (width - 2 * MARGIN)).toPrecision(2);
	part("foot").textContent = hidden ?
		`${count(hidden)} of ${count(all)} frames are narrower than ${LEAST} px (${share}%) and not drawn.` :
		`All ${count(all)} frames are drawn: none is narrower than ${LEAST} px.`;
	part("foot").setAttribute("y", top + ROW * rows.length + 20);
}

function drawMatched() {
	const found = view.hits && matched();
	tools.matched.textContent = found ? percent(found.sum, total(view.zoom)) + " matched" : "";
	tools.matched.title = found ?
		`${amount(found.sum, view.weight)} in ${count(found.nr)} subtrees, each event counted once` : "";
}

function draw() {
	const frames = element("g", {class: "frames"});
	width = Math.max(320, document.documentElement.clientWidth);
	top = placeTools();
	cutHead();
	drawLegend();
	const drawn = layOut();
	rows.forEach((boxes, depth) => drawRow(boxes, depth, frames));
	part("frames").replaceWith(frames);
	drawFoot(drawn);
	height = top + ROW * rows.length + 32;
	svg.removeAttribute("viewBox");
	svg.setAttribute("width", width);
	svg.setAttribute("height", Math.max(height, document.documentElement.clientHeight || 0));
	for (const page of svg.querySelectorAll(".page"))
		page.setAttribute("width", width);
	part("page").setAttribute("height", svg.getAttribute("height"));
	svg.querySelector(".head .page").setAttribute("height", top - 4);
	drawMatched();
	drawFocus();
	keepHead();
	hideTip();
}

// The head stays in sight while a tall graph scrolls below it.
function keepHead() {
	const y = window.innerHeight > 3 * top ? Math.max(0, window.scrollY) : 0;
	part("head").setAttribute("transform", `translate(0 ${y})`);
}

// ---- Panels: tooltip and help, tables of text in fixed columns ----

function drawPanel(panel, lines, x, y) {
	const columns = [], texts = [];
	for (const line of lines) {
		line.cells.forEach((cell, i) => {
			if (line.cells.length > 1)
				columns[i] = Math.max(columns[i] ?? 0, [...cell].length + 2);
		});
	}
	let wide = 0;
	lines.forEach((line, nr) => {
		let at = 0;
		line.cells.forEach((cell, i) => {
			const rest = i ? columns[i] - 2 - [...cell].length : 0; // numbers end in line
			texts.push(element("text", {x: 10 + LETTER * (at + (line.flush ? 0 : rest)),
				y: 20 + 16 * nr, class: line.look ?? ""}, cell));
			at += columns[i] ?? 0;
			wide = Math.max(wide, line.cells.length > 1 ? at - 2 : [...cell].reduce((sum, c) => sum + columnsOf(c), 0));
		});
	});
	const size = {width: 20 + LETTER * wide, height: 16 + 16 * lines.length};
	panel.replaceChildren(element("rect", {...size, rx: 6}), ...texts);
	const seen = {top: window.scrollY, bottom: window.scrollY + window.innerHeight};
	const inX = Math.max(4, Math.min(x, width - size.width - 6));
	const inY = y + size.height + 24 > seen.bottom ? y - size.height - 10 : y + 18;
	panel.setAttribute("transform", `translate(${inX} ${Math.max(seen.top + 4, inY)})`);
}

function wrap(text, columns) {
	const parts = text.match(new RegExp(`.{1,${columns}}`, "gsu")) ?? [""];
	return parts.length > 6 ? [...parts.slice(0, 6), "…"] : parts;
}

function describe(node) {
	const frame = frameOf(node), columns = Math.max(24, Math.min(90, Math.floor((width - 40) / LETTER)));
	const zoomed = view.zoom && tree.depth[node] >= tree.depth[view.zoom];
	const lines = wrap(nameOf(node), columns).map((text) => ({cells: [text], look: "strong"}));
	if (node) {
		const where = [info.classes[frame.class], frame.module, frame.line].filter(Boolean).join("  ");
		lines.push(...wrap(where, columns).map((text) => ({cells: [text], look: "soft"})));
	}
	lines.push({cells: ["", "", "of all", ...(zoomed ? ["of zoomed"] : []), "by itself"], look: "soft"});
	info.weights.forEach(({name}, w) => {
		const all = total(node, w);
		if (total(0, w))
			lines.push({cells: [name, amount(all, w), percent(all, total(0, w)),
				...(zoomed ? [percent(all, total(view.zoom, w))] : []),
				amount(tree.self[w][node], w)],
				look: w === view.weight ? "strong" : ""});
	});
	return lines;
}

function showTip(box, x, y) {
	drawPanel(part("tip"), describe(box.node), x, y);
}

function hideTip() {
	part("tip").replaceChildren();
	part("hover").setAttribute("width", 0);
}

function help() {
	const panel = part("help");
	if (panel.firstChild)
		return panel.replaceChildren();
	const lines = [["click, Enter", "zoom into a frame"], ["click below, Backspace", "zoom out again"],
		["Esc", "end the search, then the zoom"], ["/, Ctrl-F", "search names: a regular expression"],
		["n, N", "next and previous match"], ["arrows", "go from frame to frame"],
		["w", "next weight"], ["i", "callers on top, or at the bottom"],
		["click in the legend", "show one class of frames"], ["?", "this list"]];
	drawPanel(panel, [{cells: ["Keys"], look: "strong"}, ...lines.map((cells) => ({cells, flush: true}))],
		width, window.scrollY + 44);
}

// ---- Boxes by place ----

function boxAt(event) {
	const origin = svg.getBoundingClientRect();
	const x = event.clientX - origin.left, y = event.clientY - origin.top;
	const nr = Math.floor((y - top) / ROW), boxes = rows[view.icicle ? nr : rows.length - 1 - nr];
	if (!boxes || event.target.closest?.(".head"))
		return null;
	let low = 0, high = boxes.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (boxes[middle].x + boxes[middle].width <= x)
			low = middle + 1;
		else
			high = middle;
	}
	return low < boxes.length && boxes[low].x <= x ? boxes[low] : null;
}

const boxOf = (node) => rows[tree.depth[node]]?.find((box) => box.node === node);

function frameAround(mark, box) {
	for (const [key, value] of Object.entries({x: box.x, y: rowY(tree.depth[box.node]), rx: 2,
		width: Math.max(1, box.width - 0.6), height: ROW - 1}))
		part(mark).setAttribute(key, value);
}

// ---- Focus, the keyboard's pointer ----

function drawFocus() {
	const box = view.focus >= 0 && boxOf(view.focus);
	part("focus").setAttribute("width", 0);
	if (box)
		frameAround("focus", box);
}

function focusOn(node) {
	const box = boxOf(node);
	if (!box)
		return;
	view.focus = node;
	drawFocus();
	part("focus").scrollIntoView({block: "nearest"});
	const y = rowY(tree.depth[node]);
	if (y < window.scrollY + top) // below the head
		window.scrollBy(0, y - window.scrollY - top);
	showTip(box, box.x, y);
	tools.spoken.textContent = describe(node).map((line) => line.cells.join(" ")).join(", ");
}

function focusMove(key) {
	const {focus} = view;
	if (focus < 0 || !boxOf(focus))
		return focusOn(view.zoom);
	const depth = tree.depth[focus], boxes = rows[depth], at = boxes.indexOf(boxOf(focus));
	if (key === "ArrowLeft" || key === "ArrowRight")
		return focusOn((boxes[at + (key === "ArrowLeft" ? -1 : 1)] ?? boxes[at]).node);
	if ((key === "ArrowUp") === view.icicle)
		return focusOn(Math.max(0, tree.parent[focus]));
	const callees = (rows[depth + 1] ?? []).filter((box) => tree.parent[box.node] === focus);
	if (callees.length)
		focusOn(callees.reduce((a, b) => b.width > a.width ? b : a).node);
}

function focusMatch(step) {
	const found = rows.flat().filter((box) => view.hits && box.node && view.hits[tree.frame[box.node]])
		.map((box) => box.node).sort((a, b) => a - b);
	const at = step > 0 ? found.findIndex((node) => node > view.focus) : found.findLastIndex((node) => node < view.focus);
	if (found.length)
		focusOn(at >= 0 ? found[at] : found.at(step > 0 ? 0 : -1));
}

// ---- Actions ----

// In a graph that grows upwards the ground stays where it is.
function redraw() {
	const fromBottom = svg.getAttribute("height") - window.scrollY;
	draw();
	if (!view.icicle)
		window.scrollTo(0, svg.getAttribute("height") - fromBottom);
}

function zoomTo(node) {
	view.zoom = total(node) ? node : 0;
	tools.reset.disabled = !view.zoom;
	redraw();
	if (view.focus >= 0 && !boxOf(view.focus))
		view.focus = view.zoom;
	drawFocus();
}

function weigh(w) {
	view.weight = w;
	tools.weights.forEach((button, nr) => button.setAttribute("aria-pressed", nr === w));
	part("title").textContent = info.weights[w].title;
	zoomTo(view.zoom);
}

function flip() {
	view.icicle = !view.icicle;
	draw();
	window.scrollTo(0, view.icicle ? 0 : height);
}

// A pattern that is no regular expression is searched as it stands.
function patternOf(text) {
	try {
		return new RegExp(text, "i");
	} catch {
		return {wrong: true, test: (name) => name.toLowerCase().includes(text.toLowerCase())};
	}
}

function updateHits() {
	const pattern = patternOf(view.pattern);
	tools.search.classList.toggle("wrong", Boolean(pattern.wrong));
	view.hits = view.pattern || view.class >= 0 ? Uint8Array.from(tree.frames, (frame) =>
		(view.class < 0 || frame.class === view.class) && pattern.test(frame.name)) : null;
	redraw();
}

function search(text) {
	view.pattern = text;
	updateHits();
}

function pick(item) {
	const picked = Number(item.dataset.class);
	view.class = view.class === picked ? -1 : picked;
	updateHits();
}

function escape() {
	if (part("help").firstChild)
		return help();
	if (view.hits) {
		view.class = -1;
		tools.search.value = "";
		return search("");
	}
	view.focus = -1;
	zoomTo(0);
}

// ---- Tools, which only a script needs, and events ----

const tools = {};

function button(content, title, action) {
	const made = element("button", {type: "button", title}, content, XHTML);
	made.addEventListener("click", action);
	return made;
}

function makeTools() {
	const holder = element("foreignObject", {class: "tools", height: 36});
	const bar = element("div", {class: "bar"}, "", XHTML);
	const choice = element("span", {class: "choice", role: "group"}, "", XHTML);
	tools.holder = holder;
	tools.bar = bar;
	tools.search = element("input", {type: "search", placeholder: "Search names  /", "aria-label": "Search names"}, "", XHTML);
	tools.search.addEventListener("input", () => search(tools.search.value));
	tools.matched = element("output", {class: "matched"}, "", XHTML);
	tools.spoken = element("output", {class: "spoken"}, "", XHTML);
	tools.weights = info.weights.map(({name}, w) => button(name, "width shows " + name, () => weigh(w)));
	tools.weights.forEach((made, w) => {
		made.disabled = !total(0, w);
		made.setAttribute("aria-pressed", w === view.weight);
	});
	choice.append(...tools.weights.filter((made) => !made.disabled));
	tools.reset = button("Reset zoom", "Esc", () => zoomTo(0));
	tools.reset.disabled = true;
	bar.append(tools.matched, tools.search, ...(choice.children.length > 1 ? [choice] : []), tools.reset,
		button("Flip", "callers on top, or at the bottom: i", flip), button("?", "keys: ?", help), tools.spoken);
	holder.append(bar);
	part("head").append(holder);
}

// Beside the title, or below it where that is too narrow. Returns where the legend begins.
function placeTools() {
	const beside = width >= 980, below = info.legend;
	const size = {x: beside ? 320 : MARGIN, y: beside ? 10 : below - 4, width: width - MARGIN - (beside ? 320 : MARGIN)};
	for (const [key, value] of Object.entries(size))
		tools.holder.setAttribute(key, value);
	tools.bar.classList.toggle("wraps", !beside);
	const tall = beside ? 36 : Math.max(36, Math.ceil(tools.bar.scrollHeight));
	tools.holder.setAttribute("height", tall);
	return beside ? below : below + tall + 6;
}

const keys = {"/": () => tools.search.focus(), "?": help, Escape: escape, i: flip,
	n: () => focusMatch(1), N: () => focusMatch(-1),
	w: () => {
		const usable = info.weights.map((_, w) => w).filter((w) => total(0, w));
		weigh(usable[(usable.indexOf(view.weight) + 1) % usable.length]);
	},
	Enter: () => view.focus >= 0 && zoomTo(view.focus),
	Backspace: () => zoomTo(Math.max(0, tree.parent[view.zoom]))};
for (const arrow of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"])
	keys[arrow] = () => focusMove(arrow);

function onKey(event) {
	const findsText = (event.ctrlKey || event.metaKey) && event.key === "f";
	const inSearch = event.target === tools.search;
	let action = findsText ? keys["/"] : event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
	if (inSearch)
		action = event.key === "Enter" ? () => { tools.search.blur(); focusMatch(1); } :
			event.key === "Escape" ? () => { tools.search.blur(); escape(); } : null;
	else if (event.target.closest?.("button, [role=button]") && event.key === "Enter")
		action = event.target.dataset.class ? () => pick(event.target) : null;
	if (!action)
		return;
	event.preventDefault();
	action();
}

function onMove(event) {
	const box = boxAt(event);
	hideTip();
	if (!box)
		return;
	frameAround("hover", box);
	const origin = svg.getBoundingClientRect();
	showTip(box, event.clientX - origin.left + 12, event.clientY - origin.top);
}

function onClick(event) {
	const item = event.target.closest?.(".legend g"), box = boxAt(event);
	if (item)
		return pick(item);
	if (!box)
		return;
	view.focus = -1;
	zoomTo(box.node);
}

function listen() {
	svg.addEventListener("mousemove", onMove);
	svg.addEventListener("mouseleave", hideTip);
	svg.addEventListener("click", onClick);
	document.addEventListener("keydown", onKey);
	window.addEventListener("scroll", () => { keepHead(); hideTip(); }, {passive: true});
	window.addEventListener("resize", () => requestAnimationFrame(draw));
	// Paper is as wide as it is: the picture is scaled to it.
	window.addEventListener("beforeprint", () => {
		part("head").setAttribute("transform", "");
		svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
		svg.setAttribute("width", "100%");
		svg.removeAttribute("height");
	});
	window.addEventListener("afterprint", draw);
}

svg.classList.add("live");
for (const item of part("legend").children) {
	item.setAttribute("tabindex", 0);
	item.setAttribute("role", "button");
}
for (const name of ["hover", "focus"])
	svg.append(element("rect", {class: name, width: 0}));
svg.append(part("head"), element("g", {class: "panel tip"}), element("g", {class: "panel help"}));
makeTools();
listen();
draw();
draw(); // a scroll bar may have appeared
if (!view.icicle)
	window.scrollTo(0, svg.getAttribute("height"));
})();
