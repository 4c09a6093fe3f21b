use std::{
    io::{self, BufRead, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Reads a file line by line: no read passes the end of a line, even if the buffer has room. A parser that reads only when
/// it needs more is therefore in the last started line.
pub(super) struct LineReader<R> {
    file: BufReader<R>,
    started: Arc<AtomicU64>,
    in_line: bool,
}

impl<R: Read> LineReader<R> {
    /// Returns the reader and the number of started lines, which is the number of the parser's current line.
    pub(super) fn new(file: R) -> (Self, Arc<AtomicU64>) {
        let started = Arc::new(AtomicU64::new(0));
        (Self { file: BufReader::new(file), started: started.clone(), in_line: false }, started)
    }
}

impl<R: Read> Read for LineReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.file.fill_buf()?;
        let line_end = available.iter().position(|byte| *byte == b'\n').map_or(available.len(), |at| at + 1);
        let read = line_end.min(buffer.len());
        buffer[..read].copy_from_slice(&available[..read]);
        self.file.consume(read);
        if let Some(last) = buffer[..read].last() {
            self.started.fetch_add(u64::from(!self.in_line), Ordering::Relaxed);
            self.in_line = *last != b'\n';
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_read_passes_a_line_end_and_parts_of_a_line_count_once() {
        let (mut reader, line) = LineReader::new(&b"ab\r\n\nabcdef\ng"[..]);
        let mut buffer = [0; 4];
        let mut seen = Vec::new();
        loop {
            let read = reader.read(&mut buffer).unwrap();
            if read == 0 {
                break;
            }
            seen.push((String::from_utf8(buffer[..read].to_vec()).unwrap(), line.load(Ordering::Relaxed)));
        }
        let seen: Vec<_> = seen.iter().map(|(text, line)| (text.as_str(), *line)).collect();
        assert_eq!(seen, [("ab\r\n", 1), ("\n", 2), ("abcd", 3), ("ef\n", 3), ("g", 4)]);
    }
}
