// SPDX-License-Identifier: MIT
// The same lines as out_buffered, into a file that has no buffer.
use std::fs::File;
use std::io::Write;

#[inline(never)]
fn emit(file: &mut File, number: usize) -> std::io::Result<()> {
    let text = format!("line {:08} of the log\n", number);
    file.write_all(text.as_bytes())
}

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or("out.log".into());
    let mut file = File::create(path)?;
    for number in 0..20000 {
        emit(&mut file, number)?;
    }
    Ok(())
}
