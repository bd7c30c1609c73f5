// SPDX-License-Identifier: MIT
// Counts the lines of a file as read_whole does, but in pieces of 64 bytes.
use std::fs::File;
use std::io::Read;

#[inline(never)]
fn tally(file: &mut File) -> std::io::Result<u64> {
    let mut piece = [0u8; 64];
    let mut lines = 0;
    loop {
        let size = file.read(&mut piece)?;
        if size == 0 {
            return Ok(lines);
        }
        lines += piece[..size].iter().filter(|&&byte| byte == b'\n').count() as u64;
    }
}

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or("/dev/null".into());
    let mut file = File::open(path)?;
    std::process::exit((tally(&mut file)? == u64::MAX) as i32);
}
