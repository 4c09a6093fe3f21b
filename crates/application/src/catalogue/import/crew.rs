use domain::catalogue::Name;

/// The actors of a `crew` column, in either of its two forms:
///
/// - `Actor, Character, Actor, Character`: the names at odd positions are actors, the others their characters;
/// - `FirstLast,FirstLast`: names without spaces, as in data sets whose white space was removed.
///
/// `Unknown` and invalid names are skipped.
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

/// Restores the spaces of a name: `MichaelB.Jordan` becomes `Michael B. Jordan`. An uppercase character starts a word if it
/// follows a lowercase one or a full stop, except after `Mc` and `Mac`.
fn with_spaces(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut previous = ' ';
    for character in text.chars() {
        let prefix = spaced.rsplit(' ').next().is_some_and(|word| word == "Mc" || word == "Mac");
        if character.is_uppercase() && (previous.is_lowercase() || previous == '.') && !prefix {
            spaced.push(' ');
        }
        spaced.push(character);
        previous = character;
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
    fn the_actors_are_taken_from_pairs() {
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
    fn names_without_spaces_get_their_spaces_back() {
        assert_eq!(names("MichaelB.Jordan,TessaThompson"), ["Michael B. Jordan", "Tessa Thompson"]);
        assert_eq!(
            names("EwanMcGregor,IanMcKellen,AndieMacDowell"),
            ["Ewan McGregor", "Ian McKellen", "Andie MacDowell"]
        );
        assert_eq!(names("JeanReno,Björk"), ["Jean Reno", "Björk"]);
    }

    #[test]
    fn an_empty_or_unknown_crew_has_no_actors() {
        for crew in ["", "  ", "Unknown", ",", " , "] {
            assert_eq!(names(crew), [""; 0], "{crew:?}");
        }
    }
}
