// SPDX-License-Identifier: MIT
// A hash table that grows from nothing; with --cfg reserved it has room for all from the start.
use std::collections::HashMap;

#[inline(never)]
fn insert_all(table: &mut HashMap<u64, u64>, nr: u64) {
    for i in 0..nr {
        table.insert(i * 7919, i);
    }
}

fn main() {
    let nr = 300000;
    let mut table = if cfg!(reserved) {
        HashMap::with_capacity(nr)
    } else {
        HashMap::new()
    };

    insert_all(&mut table, nr as u64);
    println!("{}", table.len());
}
