use domain::catalogue::Name;

/// The actors of a `crew` column, in either of its two forms:
///
/// - `Actor, Character, Actor, Character`: the names at the odd places are actors, the others are whom they play;
/// - `FirstLast,FirstLast`: names that lost their spaces, as in data sets that were cleaned by removing white space.
///
/// `Unknown` stands for nobody. What is no name is left out.
pub(super) fn actors(crew: &str) -> Vec<Name> {
    let crew = crew.trim();
    let parts = crew.split(',').map(str::trim);
    if crew.contains(char::is_whitespace) {
        parts.step_by(2).filter_map(name).collect()
    } else {
        parts.filter_map(|part| name(&with_spaces(part))).collect()
    }
}

fn name(text: &str) -> Option<Name> {
    Name::parse(text).ok().filter(|name| name.key() != "unknown")
}

/// `MichaelB.Jordan` with its spaces back: `Michael B. Jordan`. A capital starts a word when it follows a small letter
/// or a full stop, except after `Mc` and `Mac`.
fn with_spaces(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut previous = ' ';
    for letter in text.chars() {
        let prefix = spaced.rsplit(' ').next().is_some_and(|word| word == "Mc" || word == "Mac");
        if letter.is_uppercase() && (previous.is_lowercase() || previous == '.') && !prefix {
            spaced.push(' ');
        }
        spaced.push(letter);
        previous = letter;
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(crew: &str) -> Vec<String> {
        actors(crew).into_iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn of_pairs_the_actors_are_taken() {
        assert_eq!(
            names("Tom Hanks, Forrest Gump, Robin Wright, Jenny Curran"),
            ["Tom Hanks", "Robin Wright"]
        );
        assert_eq!(names("Madonna, Herself"), ["Madonna"]);
    }

    #[test]
    fn an_actor_without_a_character_still_counts() {
        assert_eq!(names("Tom Hanks, Forrest Gump, Robin Wright"), ["Tom Hanks", "Robin Wright"]);
    }

    #[test]
    fn names_that_lost_their_spaces_get_them_back() {
        assert_eq!(names("MichaelB.Jordan,TessaThompson"), ["Michael B. Jordan", "Tessa Thompson"]);
        assert_eq!(
            names("EwanMcGregor,IanMcKellen,AndieMacDowell"),
            ["Ewan McGregor", "Ian McKellen", "Andie MacDowell"]
        );
        assert_eq!(names("JeanReno,Björk"), ["Jean Reno", "Björk"]);
    }

    #[test]
    fn nobody_is_nobody() {
        for crew in ["", "  ", "Unknown", ",", " , "] {
            assert_eq!(names(crew), [""; 0], "{crew:?}");
        }
    }
}
