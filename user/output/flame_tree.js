// SPDX-License-Identifier: MIT
//
// What moves in a flame graph: zoom, search, tooltip, keys. The files flame_*.js, in the order of
// flame_assets.c, are one script inside the picture that flame_svg.c wrote. It draws the same boxes
// from the whole tree, and asks the network for nothing.
//
// Here: the tree, packed as flame_data.h says, and how its numbers are worded.
"use strict";

const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";
const svg = document.getElementById("flame");
const part = (name) => svg.querySelector("." + name);
const info = JSON.parse(part("info").textContent);
const {row: ROW, margin: MARGIN, letter: LETTER, least: LEAST} = info;

// ---- The tree ----

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
const amount = (value, w) => formats[info.weights[w].unit](value);

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
