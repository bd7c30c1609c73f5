// SPDX-License-Identifier: MIT
//
// What a flame graph shows, and drawing it.
//
// The boxes of a row that look alike are one path, so a view of tens of thousands of boxes has a
// few hundred elements. What lies under the pointer is looked up in the rows.

const view = {zoom: 0, weight: info.weight, icicle: info.icicle, focus: -1,
	hits: null, // by frame: whether the search or the legend asks for it
	pattern: "", class: -1};
// A pane is drawn by one weight; a graph has one pane, a comparison one for each weight. Its rows
// are, by depth, the boxes {node, x, width} from left to right.
let panes = [];
let width = 0, height = 0;
const headTop = () => panes.length ? panes[0].top : 0;

const total = (node, w = view.weight) => tree.total[w][node];
const usableWeights = () => info.weights.map((_, w) => w).filter((w) => total(0, w));
const inside = () => width - 2 * MARGIN;
const fitting = (wide) => Math.floor(wide / LETTER);

function layOut(pane) {
	const {zoom} = view, left = [], scale = inside() / total(zoom, pane.weight), rows = [];
	let drawn = 0;
	pane.rows = rows;
	if (!total(zoom, pane.weight))
		return drawn;
	for (let node = tree.parent[zoom]; node >= 0; node = tree.parent[node])
		rows[tree.depth[node]] = [{node, x: MARGIN, width: inside()}];
	left[tree.depth[zoom]] = MARGIN; // by depth: where the next box begins
	for (let node = zoom; node < tree.end[zoom];) {
		const depth = tree.depth[node], x = left[depth];
		const wide = total(node, pane.weight) * scale;
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

const rowY = (pane, depth) =>
	pane.top + ROW * (view.icicle ? depth : pane.rows.length - 1 - depth);
const bottomOf = (pane) => pane.top + ROW * Math.max(1, pane.rows.length);

const isHit = (node) => node > 0 && view.hits !== null && view.hits[tree.frame[node]] > 0;

// The share of the zoomed frame that has a hit on its path, each event counted once.
function matched() {
	let sum = 0, nr = 0;
	for (let node = view.zoom; node < tree.end[view.zoom];) {
		if (isHit(node) && total(node)) {
			sum += total(node);
			nr++;
			node = tree.end[node];
		} else {
			node++;
		}
	}
	return {sum, nr};
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
	return !view.hits ? "" : isHit(node) ? " hit" : " dim";
}

function drawRow(pane, depth, into) {
	const boxes = pane.rows[depth], paths = new Map(), y = rowY(pane, depth), texts = [];
	for (const box of boxes) {
		const state = stateOf(box.node), look = frameOf(box.node).look + state;
		paths.set(look, (paths.get(look) ?? "") + boxPath(box, y));
		const text = label(nameOf(box.node), fitting(box.width - 6)), x = (box.x + 4).toFixed(1);
		if (text)
			texts.push(element("text", {x, y: y + 13, class: state}, text));
	}
	for (const [look, d] of paths)
		into.append(element("path", {class: look, d}));
	into.append(...texts);
}

function drawLegend(y) {
	let x = MARGIN;
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
	return y + 26;
}

function cutHead() {
	for (const line of svg.querySelectorAll(".about, .caveat"))
		line.lastChild.data = label(line.firstChild.textContent, fitting(inside()));
}

function drawFoot(drawn, y) {
	let all = 0;
	for (let node = Math.max(1, view.zoom); node < tree.end[view.zoom]; node++)
		all += total(node) > 0;
	const hidden = all - drawn + !view.zoom; // "all" itself is no frame
	const share = (100 * LEAST / inside()).toPrecision(2), foot = part("foot");
	foot.textContent = hidden ? `${count(hidden)} of ${count(all)} frames are narrower than ` +
		`${LEAST} px (${share}%) and not drawn.` :
		`All ${count(all)} frames are drawn: none is narrower than ${LEAST} px.`;
	foot.setAttribute("y", y + 20);
}

function drawMatched() {
	const found = view.hits && matched();
	tools.matched.textContent = found ? percent(found.sum, total(view.zoom)) + " matched" : "";
	tools.matched.title = found ? `${amount(found.sum, view.weight)} below ` +
		`${count(found.nr)} frames, each event counted once` : "";
}

// All weights below each other, or the one that is chosen.
function drawPanes(top, into) {
	const weights = info.panes ? usableWeights() : [view.weight];
	let drawn = 0;
	panes = [];
	for (const weight of weights) {
		const pane = {weight, top: info.panes ? top + 22 : top};
		panes.push(pane);
		const nr = layOut(pane);
		drawn = weight === view.weight ? nr : drawn;
		if (info.panes)
			into.append(element("text", {class: "pane", x: MARGIN, y: top + 15},
				`${info.weights[weight].name}: ${amount(total(view.zoom, weight), weight)}`));
		pane.rows.forEach((_, depth) => drawRow(pane, depth, into));
		top = bottomOf(pane) + 10;
	}
	return drawn;
}

function draw() {
	const frames = element("g", {class: "frames"});
	width = Math.max(320, document.documentElement.clientWidth);
	const framesTop = drawLegend(placeTools());
	cutHead();
	const drawn = drawPanes(framesTop, frames), bottom = bottomOf(panes[panes.length - 1]);
	part("frames").replaceWith(frames);
	drawFoot(drawn, bottom);
	height = bottom + 32;
	svg.removeAttribute("viewBox");
	svg.setAttribute("width", width);
	svg.setAttribute("height", Math.max(height, document.documentElement.clientHeight || 0));
	for (const page of svg.querySelectorAll(".page"))
		page.setAttribute("width", width);
	part("page").setAttribute("height", svg.getAttribute("height"));
	svg.querySelector(".head .page").setAttribute("height", framesTop - 4);
	drawMatched();
	drawFocus();
	keepHead();
	hideTip();
}

// The head stays in sight while a tall graph scrolls below it.
function keepHead() {
	const y = window.innerHeight > 3 * headTop() ? Math.max(0, window.scrollY) : 0;
	part("head").setAttribute("transform", `translate(0 ${y})`);
}

// ---- Boxes by place ----

// The box under the pointer and its pane, as {box, pane}, or null.
function boxAt(event) {
	const origin = svg.getBoundingClientRect();
	const x = event.clientX - origin.left, y = event.clientY - origin.top;
	const pane = panes.find((at) => y >= at.top && y < bottomOf(at));
	if (!pane || event.target.closest?.(".head"))
		return null;
	const row = Math.floor((y - pane.top) / ROW);
	const boxes = pane.rows[view.icicle ? row : pane.rows.length - 1 - row];
	let low = 0, high = boxes?.length ?? 0;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (boxes[middle].x + boxes[middle].width <= x)
			low = middle + 1;
		else
			high = middle;
	}
	return boxes && low < boxes.length && boxes[low].x <= x ? {box: boxes[low], pane} : null;
}

const boxIn = (pane, node) => pane.rows[tree.depth[node]]?.find((box) => box.node === node);
// The pane that keys walk through: that of the chosen weight.
const mainPane = () => panes.find((pane) => pane.weight === view.weight) ?? panes[0];
const boxOf = (node) => boxIn(mainPane(), node);

// A frame is marked in every pane that has it; the marks are as many as weights.
function frameAround(mark, node) {
	const marks = svg.querySelectorAll("." + mark);
	clearMarks(mark);
	panes.forEach((pane, nr) => {
		const box = boxIn(pane, node);
		for (const [key, value] of Object.entries(box ? {x: box.x, rx: 2, height: ROW - 1,
			y: rowY(pane, tree.depth[node]), width: Math.max(1, box.width - 0.6)} : {}))
			marks[nr].setAttribute(key, value);
	});
}

function clearMarks(mark) {
	for (const rect of svg.querySelectorAll("." + mark))
		rect.setAttribute("width", 0);
}
