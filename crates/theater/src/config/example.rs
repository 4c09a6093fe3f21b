use std::fmt::Write;

use super::variables::ALL;

/// Returns a `.env` file of all variables, commented out, each with its meaning and default.
#[must_use]
pub fn example() -> String {
    let mut text = String::from(
        "# Every variable of the Movie Theater. None needs to be set in development.\n\
         # Copy this file to `.env` and uncomment what you want to change. The environment overrides the file.\n\
         # A secret can also be read from a file, such as a container secret: NAME_FILE is its path.\n\
         # Written by `theater config example`.\n",
    );
    let mut section = "";
    for variable in ALL {
        if variable.section != section {
            section = variable.section;
            let _ = write!(text, "\n## {section}\n");
        }
        let default = if variable.default.is_empty() { "none" } else { variable.default };
        let _ = write!(text, "\n# {}\n# Default: {default}\n# {}=\n", variable.meaning, variable.name);
        if let Some(name) = variable.file() {
            let _ = writeln!(text, "# {name}=");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_example_is_the_generated_one() {
        let committed = include_str!("../../../../.env.example");
        assert_eq!(committed, example(), "run `just env-example`");
    }
}
