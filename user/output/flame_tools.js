// SPDX-License-Identifier: MIT
//
// The search field and the buttons of a flame graph. They are no part of the picture: only a script
// can use them.

const tools = {};

function make(name, attributes, content = "") {
	return element(name, attributes, content, XHTML);
}

function button(content, title, action) {
	const made = make("button", {type: "button", title}, content);
	made.addEventListener("click", action);
	return made;
}

function makeSearch() {
	tools.search = make("input",
		{type: "search", placeholder: "Search names  /", "aria-label": "Search names"});
	tools.search.addEventListener("input", () => search(tools.search.value));
	tools.matched = make("output", {class: "matched"});
	tools.spoken = make("output", {class: "spoken"});
}

// A button for each weight, where there is a choice.
function makeWeights() {
	const choice = make("span", {class: "choice", role: "group"}), usable = usableWeights();
	tools.weights = info.weights.map(({name}, w) =>
		button(name, `make frames as wide as their ${name}: w`, () => weigh(w)));
	tools.weights.forEach((made, w) => made.setAttribute("aria-pressed", w === view.weight));
	if (usable.length > 1)
		choice.append(...usable.map((w) => tools.weights[w]));
	return choice;
}

function makeTools() {
	makeSearch();
	tools.reset = button("Reset zoom", "Esc", () => zoomTo(0));
	tools.reset.disabled = true;
	tools.bar = make("div", {class: "bar"});
	tools.bar.append(tools.matched, tools.search, makeWeights(), tools.reset,
		button("Flip", "callers on top, or at the bottom: i", flip), button("?", "keys: ?", help),
		tools.spoken);
	tools.holder = element("foreignObject", {class: "tools", height: 36});
	tools.holder.append(tools.bar);
	part("head").append(tools.holder);
}

// Beside the title, or below it where that is too narrow. Returns where the legend begins.
function placeTools() {
	const beside = width >= 980, x = beside ? 320 : MARGIN, y = beside ? 10 : info.legend - 4;
	tools.bar.classList.toggle("wraps", !beside);
	tools.holder.setAttribute("x", x);
	tools.holder.setAttribute("y", y);
	tools.holder.setAttribute("width", width - MARGIN - x);
	const tall = beside ? 36 : Math.max(36, Math.ceil(tools.bar.scrollHeight));
	tools.holder.setAttribute("height", tall);
	return beside ? info.legend : info.legend + tall + 6;
}
