//! Words for fictitious movies.
//!
//! No list contains a word twice, and no name contains a comma; the uniqueness of titles and people depends on it.
//! Every change of a list changes every generated catalogue, also one by a new version of `fake`.

use std::{collections::HashSet, sync::LazyLock};

use fake::locales::{DE_DE, Data, EN, FR_FR};

/// Genres and their relative frequency.
#[rustfmt::skip]
pub(super) const GENRES: &[(&str, u32)] = &[
    ("Drama", 300), ("Comedy", 220), ("Action", 150), ("Thriller", 140), ("Romance", 110),
    ("Adventure", 90), ("Crime", 90), ("Horror", 90), ("Family", 70), ("Animation", 60), ("Fantasy", 60),
    ("Science Fiction", 60), ("Mystery", 50), ("Documentary", 40), ("History", 30), ("Music", 25),
    ("War", 25), ("Western", 15),
];

/// ISO 3166-1 alpha-2 codes of countries, the language of their movies, and their relative frequency.
#[rustfmt::skip]
pub(super) const COUNTRIES: &[((&str, &str), u32)] = &[
    (("US", "English"), 420), (("GB", "English"), 80), (("FR", "French"), 60), (("CA", "English"), 45),
    (("JP", "Japanese"), 45), (("DE", "German"), 40), (("IN", "Hindi"), 40), (("IT", "Italian"), 35),
    (("AU", "English"), 30), (("ES", "Spanish"), 30), (("KR", "Korean"), 25), (("CN", "Mandarin"), 20),
    (("RU", "Russian"), 20), (("HK", "Cantonese"), 18), (("MX", "Spanish"), 18), (("AR", "Spanish"), 12),
    (("BR", "Portuguese"), 12), (("SE", "Swedish"), 12), (("BE", "French"), 10), (("IE", "English"), 10),
    (("PL", "Polish"), 10), (("DK", "Danish"), 9), (("NL", "Dutch"), 8), (("CZ", "Czech"), 7),
    (("NO", "Norwegian"), 7), (("TR", "Turkish"), 7), (("CH", "German"), 6), (("FI", "Finnish"), 6),
    (("HU", "Hungarian"), 6), (("IR", "Persian"), 6), (("NZ", "English"), 6), (("PH", "Tagalog"), 6),
    (("TH", "Thai"), 6), (("AT", "German"), 5), (("CL", "Spanish"), 5), (("PT", "Portuguese"), 5),
    (("RO", "Romanian"), 5), (("TW", "Mandarin"), 5), (("ZA", "English"), 5), (("CO", "Spanish"), 4),
    (("EG", "Arabic"), 4), (("GR", "Greek"), 4), (("ID", "Indonesian"), 4), (("IL", "Hebrew"), 4),
    (("UA", "Ukrainian"), 4), (("IS", "Icelandic"), 2), (("VN", "Vietnamese"), 2),
];

/// One word each, for titles and overviews.
#[rustfmt::skip]
pub(super) const ADJECTIVES: &[&str] = &[
    "Silent", "Crimson", "Broken", "Golden", "Hidden", "Endless", "Bitter", "Frozen", "Burning", "Lonely",
    "Hollow", "Distant", "Forgotten", "Secret", "Wild", "Gentle", "Savage", "Pale", "Black", "White",
    "Scarlet", "Emerald", "Silver", "Iron", "Paper", "Glass", "Velvet", "Stolen", "Borrowed", "Lost",
    "Second", "Third", "Final", "First", "Longest", "Shortest", "Darkest", "Brightest", "Quiet", "Restless",
    "Sleeping", "Dancing", "Falling", "Rising", "Drowned", "Haunted", "Enchanted", "Cursed", "Sacred",
    "Crooked", "Narrow", "Open", "Empty", "Invisible", "Impossible", "Perfect", "Ordinary", "Unlikely",
    "Reluctant", "Faithful", "Faithless", "Honest", "Wicked", "Merry", "Melancholy", "Electric", "Mechanical",
    "Wooden", "Marble", "Northern", "Southern", "Eastern", "Western", "Inner", "Outer", "Upper", "Lower",
    "Ancient", "Modern", "Young", "Old", "Newborn", "Last-Minute", "Half-Remembered", "Far-Off", "Well-Kept",
    "Moonlit", "Sunlit", "Starless", "Windswept", "Barefoot", "Blind", "Dizzy", "Hungry", "Thirsty", "Weary",
    "Brave", "Timid", "Proud", "Humble", "Radiant", "Gloomy", "Foreign", "Familiar", "Private", "Public",
    "Eternal", "Temporary",
];

/// One word each, for titles and overviews.
#[rustfmt::skip]
pub(super) const NOUNS: &[&str] = &[
    "River", "Garden", "Winter", "Summer", "Harvest", "Island", "Mountain", "Valley", "Desert", "Forest",
    "Ocean", "Lighthouse", "Harbour", "Bridge", "Road", "Train", "Station", "Diary", "Promise", "Secret",
    "Mirror", "Window", "Door", "Key", "Clock", "Hour", "Midnight", "Morning", "Sunday", "Journey", "Voyage",
    "Return", "Departure", "Arrival", "Farewell", "Reunion", "Wedding", "Funeral", "Feast", "Dance", "Waltz",
    "Tango", "Melody", "Song", "Symphony", "Violin", "Piano", "Orchestra", "Circus", "Carnival", "Theatre",
    "Stage", "Curtain", "Photograph", "Portrait", "Painting", "Library", "Manuscript", "Map", "Compass",
    "Lantern", "Candle", "Flame", "Ember", "Shadow", "Ghost", "Dream", "Nightmare", "Memory", "Silence",
    "Echo", "Whisper", "Storm", "Thunder", "Rain", "Snow", "Tide", "Wave", "Horizon", "Star", "Comet", "Moon",
    "Sun", "Eclipse", "Sky", "Kite", "Sparrow", "Raven", "Falcon", "Swan", "Wolf", "Fox", "Tiger", "Horse",
    "Serpent", "Orchard", "Rose", "Orchid", "Willow", "Thorn", "Crown", "Throne", "Castle", "Tower", "Wall",
    "Gate", "Village", "City", "Frontier", "Border", "Empire", "Rebellion", "Siege", "Verdict", "Alibi",
    "Inheritance", "Fortune", "Bargain", "Wager", "Heist", "Chase", "Labyrinth", "Machine", "Signal", "Orbit",
    "Colony",
];

/// Roles, one word each, for titles, characters and overviews.
#[rustfmt::skip]
pub(super) const ROLES: &[&str] = &[
    "Widow", "Detective", "Stranger", "Painter", "Baker", "Captain", "Soldier", "Nurse", "Doctor", "Teacher",
    "Gardener", "Librarian", "Watchmaker", "Lighthouse-Keeper", "Ferryman", "Fisherman", "Farmer", "Shepherd",
    "Miner", "Pilot", "Astronaut", "Conductor", "Violinist", "Dancer", "Singer", "Clown", "Magician", "Thief",
    "Smuggler", "Gambler", "Spy", "Assassin", "Judge", "Lawyer", "Witness", "Prisoner", "Priest", "Pilgrim",
    "Prophet", "Prince", "Princess", "Queen", "Ambassador", "Governor", "Butler", "Chauffeur", "Tailor",
    "Seamstress", "Photographer", "Journalist", "Translator", "Orphan",
];

/// Cities, for titles and overviews.
#[rustfmt::skip]
pub(super) const PLACES: &[&str] = &[
    "Lisbon", "Málaga", "Kraków", "Zürich", "Reykjavík", "Łódź", "São Paulo", "Córdoba", "Baden-Baden",
    "Port-au-Prince", "Aix-en-Provence", "Saint-Malo", "Stoke-on-Trent", "Vienna", "Prague", "Budapest",
    "Trieste", "Naples", "Palermo", "Venice", "Athens", "Istanbul", "Tbilisi", "Odesa", "Tallinn", "Riga",
    "Vilnius", "Helsinki", "Tromsø", "Gothenburg", "Århus", "Hamburg", "Leipzig", "Antwerp", "Ghent",
    "Marseille", "Bordeaux", "Dublin", "Galway", "Glasgow", "Cardiff", "Liverpool", "Boston", "Chicago",
    "Memphis", "New Orleans", "Santa Fe", "Tucson", "Montréal", "Québec", "Havana", "Oaxaca", "Bogotá",
    "Valparaíso", "Buenos Aires", "Casablanca", "Tangier", "Cairo", "Nairobi", "Cape Town", "Mumbai",
    "Kolkata", "Bangkok", "Hanoi", "Manila", "Shanghai", "Hong Kong", "Seoul", "Busan", "Kyoto", "Sapporo",
    "L'Aquila",
];

/// For actors, characters and titles.
pub(super) static FIRST_NAMES: LazyLock<Vec<&str>> =
    LazyLock::new(|| distinct([EN::NAME_FIRST_NAME, FR_FR::NAME_FIRST_NAME, DE_DE::NAME_FIRST_NAME]));

/// Last names of actors.
pub(super) static LAST_NAMES: LazyLock<Vec<&str>> =
    LazyLock::new(|| distinct([EN::NAME_LAST_NAME, FR_FR::NAME_LAST_NAME, DE_DE::NAME_LAST_NAME]));

/// The words of all lists, without repetitions in any case.
fn distinct<'a>(lists: [&[&'a str]; 3]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    lists.concat().into_iter().filter(|word| seen.insert(word.to_lowercase())).collect()
}
