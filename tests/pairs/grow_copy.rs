// SPDX-License-Identifier: MIT
// The table of grow_move, grown by copying into a new vector.
struct Sheet {
    lines: Vec<u8>,
}

impl Sheet {
    #[inline(never)]
    fn widen(&mut self) {
        let mut wider = Vec::with_capacity((2 * self.lines.capacity()).max(1 << 20));
        wider.extend_from_slice(&self.lines);
        self.lines = wider;
    }

    #[inline(never)]
    fn add(&mut self, line: &[u8]) {
        if self.lines.len() + line.len() > self.lines.capacity() {
            self.widen();
        }
        self.lines.extend_from_slice(line);
    }
}

fn main() {
    let mut sheet = Sheet { lines: Vec::new() };
    let line = [3u8; 4096];
    for _ in 0..12000 {
        sheet.add(&line);
    }
    if sheet.lines.last() != Some(&3) {
        std::process::exit(1);
    }
}
