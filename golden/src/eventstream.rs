//! AWS event streams as golden files write them: one line per message.

/// Encodes the lines of a body; see the crate's documentation for their form.
pub(crate) fn encode(lines: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut lines = lines.lines().peekable();
    while let Some(line) = lines.next() {
        match line.strip_prefix("cut ") {
            None => out.extend(message(line)?),
            Some(whole) if lines.peek().is_none() => {
                let mut bytes = message(whole)?;
                bytes.truncate(bytes.len() / 2);
                out.extend(bytes);
            }
            Some(_) => return Err(format!("`{line}` is cut but not the last message")),
        }
    }
    Ok(out)
}

fn message(line: &str) -> Result<Vec<u8>, String> {
    let mut words = line.splitn(3, ' ');
    let (kind, name, rest) = (words.next(), words.next(), words.next().unwrap_or_default());
    let name = name.ok_or_else(|| format!("`{line}` is not `kind name payload`"))?;
    let json = (":content-type", "application/json");
    match kind.unwrap_or_default() {
        "event" => frame(
            &[(":event-type", name), json, (":message-type", "event")],
            rest,
        ),
        "exception" => frame(
            &[
                (":exception-type", name),
                json,
                (":message-type", "exception"),
            ],
            rest,
        ),
        "error" => frame(
            &[
                (":error-code", name),
                (":error-message", rest),
                (":message-type", "error"),
            ],
            "",
        ),
        _ => Err(format!(
            "`{line}` is neither `event`, `exception` nor `error`"
        )),
    }
}

fn frame(headers: &[(&str, &str)], payload: &str) -> Result<Vec<u8>, String> {
    let mut block = Vec::new();
    for (name, value) in headers {
        // Names are ours, and short; 7 is the type of a text.
        block.push(u8::try_from(name.len()).map_err(|error| error.to_string())?);
        block.extend(name.as_bytes());
        block.push(7);
        let length = u16::try_from(value.len()).map_err(|_| format!("`{name}` is too long"))?;
        block.extend(length.to_be_bytes());
        block.extend(value.as_bytes());
    }
    let number = |length: usize| u32::try_from(length).map_err(|_| "a message is too long");
    // Both lengths and two checksums take 16 bytes.
    let mut out = Vec::new();
    out.extend(number(16 + block.len() + payload.len())?.to_be_bytes());
    out.extend(number(block.len())?.to_be_bytes());
    out.extend(crc32fast::hash(&out).to_be_bytes());
    out.extend(block);
    out.extend(payload.as_bytes());
    out.extend(crc32fast::hash(&out).to_be_bytes());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_messages() {
        let whole = encode("event a {}").unwrap();
        // Botocore's reader takes these bytes for this message.
        let expected = b"\0\0\0\x59\0\0\0\x47\xb8\x99\xa6\xe0\x0b:event-type\x07\0\x01a\x0d:content-type\x07\0\x10application/json\x0d:message-type\x07\0\x05event{}\xbb\x18\x93\xb7";
        assert_eq!(whole, expected);
        let cut = encode("event a {}\ncut event a {}").unwrap();
        assert_eq!(cut, [&whole[..], &whole[..whole.len() / 2]].concat());
        assert_eq!(encode(""), Ok(Vec::new()));
    }

    #[test]
    fn says_what_is_wrong() {
        for (lines, problem) in [
            ("event", "`event` is not `kind name payload`"),
            (
                "news a {}",
                "`news a {}` is neither `event`, `exception` nor `error`",
            ),
            (
                "cut event a\nevent a",
                "`cut event a` is cut but not the last message",
            ),
        ] {
            assert_eq!(encode(lines), Err(problem.to_owned()));
        }
    }
}
