// SPDX-License-Identifier: MIT
// The same work as item_kept, in a vector made for each item.
mod codec {
    pub struct State {
        table: Vec<u8>,
    }

    impl State {
        #[inline(never)]
        pub fn new(bytes: usize) -> State {
            State { table: Vec::with_capacity(bytes) }
        }

        #[inline(never)]
        pub fn fill(&mut self, bytes: usize) -> u64 {
            self.table.resize(bytes, 7);
            self.table[bytes / 2] as u64
        }
    }
}

#[inline(never)]
fn pack_chunk(bytes: usize) -> u64 {
    let mut state = codec::State::new(bytes);
    state.fill(bytes)
}

fn main() {
    let mut sum = 0;
    for _ in 0..12 {
        sum += pack_chunk(40 << 20);
    }
    if sum != 84 {
        std::process::exit(1);
    }
}
