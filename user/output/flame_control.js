// SPDX-License-Identifier: MIT
//
// What a flame graph does when somebody points, clicks or types; it starts here.

// ---- Focus, the keyboard's pointer ----

function drawFocus() {
	clearMarks("focus");
	if (view.focus >= 0)
		frameAround("focus", view.focus);
}

function focusOn(node) {
	const box = boxOf(node);
	if (!box)
		return;
	view.focus = node;
	drawFocus();
	part("focus").scrollIntoView({block: "nearest"});
	const y = rowY(mainPane(), tree.depth[node]);
	if (y < window.scrollY + headTop()) // below the head
		window.scrollBy(0, y - window.scrollY - headTop());
	showTip(box, box.x, y);
	tools.spoken.textContent = describe(node).map((line) => line.cells.join(" ")).join(", ");
}

function focusMove(key) {
	const {focus} = view, {rows} = mainPane();
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

// The next match of those that are drawn, or the one before, and around at the end.
function focusMatch(step) {
	const found = mainPane().rows.flat().map((box) => box.node).filter(isHit).sort((a, b) => step * (a - b));
	const next = found.find((node) => view.focus < 0 || step * (node - view.focus) > 0) ?? found[0];
	if (next)
		focusOn(next);
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
	view.zoom = usableWeights().some((w) => total(node, w)) && (info.panes || total(node)) ? node : 0;
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

function weighNext() {
	const usable = usableWeights();
	weigh(usable[(usable.indexOf(view.weight) + 1) % usable.length]);
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
	const asksFor = (frame) =>
		(view.class < 0 || frame.class === view.class) && pattern.test(frame.name);
	tools.search.classList.toggle("wrong", Boolean(pattern.wrong));
	view.hits = view.pattern || view.class >= 0 ? Uint8Array.from(tree.frames, asksFor) : null;
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

function stepBack() {
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

// ---- Events ----

const keys = {
	"/": () => tools.search.focus(),
	"?": help,
	i: flip,
	w: weighNext,
	n: () => focusMatch(1),
	N: () => focusMatch(-1),
	Enter: () => view.focus >= 0 && zoomTo(view.focus),
	Escape: stepBack,
	Backspace: () => zoomTo(Math.max(0, tree.parent[view.zoom])),
	ArrowUp: focusMove, ArrowDown: focusMove, ArrowLeft: focusMove, ArrowRight: focusMove,
};

const keysInSearch = {Enter: () => focusMatch(1), Escape: stepBack};

// What a key does where it was pressed; what is not ours is the browser's.
function actionOf(event) {
	const {key, target} = event, isShortcut = event.ctrlKey || event.metaKey || event.altKey;
	if (isShortcut)
		return key === "f" && !event.altKey ? keys["/"] : null;
	if (target === tools.search)
		return keysInSearch[key];
	if (key === "Enter" && target.closest?.(".legend g"))
		return () => pick(target);
	return key === "Enter" && target.closest?.("button") ? null : keys[key];
}

function onKey(event) {
	const action = actionOf(event);
	if (!action)
		return;
	event.preventDefault();
	tools.search.blur();
	action(event.key);
}

function onMove(event) {
	const found = boxAt(event);
	hideTip();
	if (!found)
		return;
	frameAround("hover", found.box.node);
	const origin = svg.getBoundingClientRect();
	showTip(found.box, event.clientX - origin.left + 12, event.clientY - origin.top);
}

function onClick(event) {
	const item = event.target.closest?.(".legend g"), found = boxAt(event);
	if (item)
		return pick(item);
	if (!found)
		return;
	view.focus = -1;
	zoomTo(found.box.node);
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

function start() {
	svg.classList.add("live");
	for (const mark of info.weights.flatMap(() => ["hover", "focus"]))
		svg.append(element("rect", {class: mark, width: 0}));
	svg.append(part("head"), element("g", {class: "panel tip"}), element("g", {class: "panel help"}));
	for (const item of part("legend").children) {
		item.setAttribute("tabindex", 0);
		item.setAttribute("role", "button");
	}
	makeTools();
	listen();
	draw();
	draw(); // a scroll bar may have appeared
	window.scrollTo(0, view.icicle ? 0 : height);
}

start();
