// SPDX-License-Identifier: MIT
//
// The tooltip of a flame graph, and its help: panels of lines. A line has one text that may be as
// long as it likes, or cells in columns, the first to the left and the others (numbers) to the
// right.

const MARGIN_OF_PANEL = 10, LINE = 16, GAP = 2; // px, px, letters between columns

const lettersIn = (text) => [...text].reduce((sum, character) => sum + columnsOf(character), 0);

function columnsOfTable(lines) {
	const columns = [];
	for (const {cells} of lines.filter((line) => line.cells.length > 1))
		cells.forEach((cell, i) => columns[i] = Math.max(columns[i] ?? 0, lettersIn(cell)));
	return columns;
}

function lineOfText(text, x, nr, look = "") {
	return element("text", {x: MARGIN_OF_PANEL + LETTER * x, y: 20 + LINE * nr, class: look}, text);
}

function lineOfCells({cells, look, isWords}, nr, columns) {
	let end = -GAP;
	return cells.map((cell, i) => {
		const begin = end + GAP;
		end = begin + columns[i];
		return lineOfText(cell, i && !isWords ? end - lettersIn(cell) : begin, nr, look);
	});
}

// Below the point if there is room, else above it, and within the window.
function placePanel(panel, size, x, y) {
	const seenTop = window.scrollY, seenBottom = seenTop + window.innerHeight;
	const panelX = Math.max(4, Math.min(x, width - size.width - 6));
	const panelY = y + size.height + 24 > seenBottom ? y - size.height - 10 : y + 18;
	panel.setAttribute("transform", `translate(${panelX} ${Math.max(seenTop + 4, panelY)})`);
}

function drawPanel(panel, lines, x, y) {
	const columns = columnsOfTable(lines);
	const texts = lines.flatMap((line, nr) => line.cells.length > 1 ?
		lineOfCells(line, nr, columns) : lineOfText(line.cells[0], 0, nr, line.look));
	const letters = Math.max(columns.reduce((sum, wide) => sum + wide + GAP, -GAP),
		...lines.map(({cells}) => cells.length > 1 ? 0 : lettersIn(cells[0])));
	const size = {width: 2 * MARGIN_OF_PANEL + LETTER * letters, height: LINE * (lines.length + 1)};
	panel.replaceChildren(element("rect", {...size, rx: 6}), ...texts);
	placePanel(panel, size, x, y);
}

// A long text as some lines.
function linesOf(text, columns, look) {
	const parts = text.match(new RegExp(`.{1,${columns}}`, "gsu")) ?? [""];
	const shown = parts.length > 6 ? [...parts.slice(0, 6), "…"] : parts;
	return shown.map((line) => ({cells: [line], look}));
}

function lineOfWeight(node, w, isZoomed) {
	const all = total(node, w), look = w === view.weight ? "strong" : "";
	const ofZoomed = isZoomed ? [percent(all, total(view.zoom, w))] : [];
	return {look, cells: [info.weights[w].name, amount(all, w), percent(all, total(0, w)),
		...ofZoomed, amount(tree.self[w][node], w)]};
}

// In a comparison: what NEW has more or less, by sign and in words.
function lineOfChange(node) {
	const [base, now] = [total(node, 0), total(node, 1)], apart = now - base;
	const words = !apart ? "the same in both" :
		`NEW has ${amount(Math.abs(apart), 0)} ${apart < 0 ? "less" : "more"} than BASE`;
	return {cells: [words], look: "strong"};
}

function describe(node) {
	const columns = Math.max(24, Math.min(90, Math.floor((width - 40) / LETTER)));
	const isZoomed = view.zoom && tree.depth[node] >= tree.depth[view.zoom];
	const {class: kind, module, line} = frameOf(node);
	const where = node ? [info.classes[kind], module, line].filter(Boolean).join("  ") : "";
	return [...linesOf(nameOf(node), columns, "strong"),
		...(where ? linesOf(where, columns, "soft") : []),
		{cells: ["", "", "of all", ...(isZoomed ? ["of zoomed"] : []), "by itself"], look: "soft"},
		...usableWeights().map((w) => lineOfWeight(node, w, isZoomed)),
		...(info.panes ? [lineOfChange(node)] : [])];
}

function showTip(box, x, y) {
	drawPanel(part("tip"), describe(box.node), x, y);
}

function hideTip() {
	part("tip").replaceChildren();
	clearMarks("hover");
}

function help() {
	const panel = part("help");
	if (panel.firstChild)
		return panel.replaceChildren();
	const lines = [
		["click, Enter", "zoom into a frame"],
		["click below, Backspace", "zoom out again"],
		["Esc", "end the search, then the zoom"],
		["/, Ctrl-F", "search names: a regular expression"],
		["n, N", "next and previous match"],
		["arrows", "go from frame to frame"],
		["w", "next weight"],
		["i", "callers on top, or at the bottom"],
		["click in the legend", "show one class of frames"],
		["?", "this list"],
	].map((cells) => ({cells, isWords: true}));
	drawPanel(panel, [{cells: ["Keys"], look: "strong"}, ...lines], width, window.scrollY + 44);
}
