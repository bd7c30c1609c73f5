// SPDX-License-Identifier: MIT
// The same work as item_fresh, in a vector that is cleared and filled again.
#[inline(never)]
fn refill(scratch: &mut Vec<u8>, bytes: usize) -> u64 {
    scratch.clear();
    scratch.resize(bytes, 7);
    scratch[bytes / 2] as u64
}

fn main() {
    let mut scratch = Vec::new();
    let mut sum = 0;
    for _ in 0..12 {
        sum += refill(&mut scratch, 40 << 20);
    }
    if sum != 84 {
        std::process::exit(1);
    }
}
