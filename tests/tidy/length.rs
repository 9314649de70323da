//! How long functions are.

/// Lines of the longest function in code, from `fn` to its closing brace.
pub fn longest_function(code: &str) -> usize {
    let lines: Vec<&str> = code.lines().collect();
    let lengths = (0..lines.len()).filter(|at| begins_function(lines[*at]));
    lengths.map(|at| length(&lines[at..])).max().unwrap_or(0)
}

fn begins_function(line: &str) -> bool {
    let words = line.trim_start().split(' ');
    let mut words = words.skip_while(|word| word.starts_with("pub") || *word == "const");
    words.next() == Some("fn")
}

/// A function ends at the first line that closes it: `;` where it has no body, or `}`, as far
/// in as it began.
fn length(lines: &[&str]) -> usize {
    let first = lines[0];
    if first.trim_end().ends_with([';', '}']) {
        return 1;
    }
    let margin = &first[..first.len() - first.trim_start().len()];
    let ends = |line: &&str| {
        let inner = line.strip_prefix(margin).unwrap_or("  ");
        inner.starts_with('}') || (inner.starts_with(')') && inner.trim_end().ends_with([';', '}']))
    };
    let end = lines.iter().position(ends);
    end.map_or(lines.len(), |end| end + 1)
}
