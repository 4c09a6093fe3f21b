//! Words for fictitious movies.
//!
//! No list contains a word twice, and no name contains a comma; the uniqueness of titles and people depends on it.
//! Every change of a list changes every generated catalogue, also one by a new version of `fake`.

use std::{collections::HashSet, sync::LazyLock};

use fake::locales::{DE_DE, Data, EN, FR_FR};

/// Genres and their relative frequency.
pub(super) const GENRES: &[(&str, u32)] = &[
    ("Drama", 300),
    ("Comedy", 220),
    ("Action", 150),
    ("Thriller", 140),
    ("Romance", 110),
    ("Adventure", 90),
    ("Crime", 90),
    ("Horror", 90),
    ("Family", 70),
    ("Animation", 60),
    ("Fantasy", 60),
    ("Science Fiction", 60),
    ("Mystery", 50),
    ("Documentary", 40),
    ("History", 30),
    ("Music", 25),
    ("War", 25),
    ("Western", 15),
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

/// One word each, for titles.
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

/// One word each, for titles.
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

/// Roles, one word each, for titles and characters.
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

/// Start of an overview, before a place.
pub(super) const OPENINGS: &[&str] = &[
    "In",
    "Outside",
    "Far from",
    "On the road to",
    "One summer in",
    "One winter in",
    "On the last ship to",
    "Years after leaving",
    "In the old harbour of",
    "Under the roofs of",
    "On a night train to",
    "Between two wars in",
];

/// Main character of an overview.
pub(super) const HEROES: &[&str] = &[
    "a retired detective",
    "a young widow",
    "an ambitious reporter",
    "a homesick sailor",
    "a failed magician",
    "an honest thief",
    "a schoolteacher with a past",
    "a stubborn grandmother",
    "a runaway prince",
    "an unemployed chef",
    "a pianist who has lost her hearing",
    "a small-town sheriff",
    "a shy watchmaker",
    "a disgraced surgeon",
    "an orphaned girl",
    "a travelling salesman",
    "a soldier who never came home",
    "an ageing film star",
    "a taxi driver",
    "a gifted forger",
    "a lonely astronomer",
    "a café owner",
    "an exiled poet",
    "a night nurse",
    "a stunt rider",
    "an overworked translator",
];

/// What the main character does.
pub(super) const DEEDS: &[&str] = &[
    "finds a diary that was never meant to be read",
    "agrees to one last job",
    "takes in a stranger who remembers nothing",
    "inherits a house that nobody dares to enter",
    "searches for a brother who vanished without a trace",
    "falls in love with the one person who must not know",
    "witnesses a crime and is not believed",
    "sets out to win back what was gambled away",
    "opens a theatre in an abandoned factory",
    "receives a call from somebody long thought dead",
    "has three days to prove an old friend's innocence",
    "makes a promise that is harder to keep than expected",
    "discovers a map drawn on the back of a painting",
    "is mistaken for somebody far more important",
    "tries to save the family's orchard from being sold",
    "joins a travelling circus under a false name",
    "must choose between the truth and a quiet life",
    "wakes up in a life that belongs to someone else",
    "teaches a class that everybody else has given up on",
    "hides a fugitive in the attic",
    "crosses the mountains with a stolen violin",
    "is hired to guard a door and never to open it",
    "writes the obituary of a man who is still alive",
    "enters a dance contest with the worst possible partner",
    "builds a machine that answers only one question",
    "returns for a wedding and stays for a funeral",
];

/// Optional sentence about a turn of the plot.
pub(super) const TURNS: &[&str] = &[
    "Soon nobody can tell friend from foe.",
    "But the past has a longer memory than anyone thought.",
    "What begins as a favour becomes a matter of life and death.",
    "Then the first snow falls, and with it the first lie comes apart.",
    "An unlikely friendship grows where it is least welcome.",
    "When the money disappears, everybody has a reason to have taken it.",
    "Nothing goes as planned, and the plan was not good to begin with.",
    "The villagers begin to talk, and then they begin to disappear.",
    "A rival from earlier days arrives with an offer that is hard to refuse.",
    "The more questions are asked, the fewer doors stay open.",
    "Only a child seems to know what really took place that night.",
    "One wrong turn leads to another, and each is funnier than the last.",
    "A forgotten melody turns out to be the key to it all.",
    "By morning the whole town has chosen sides.",
    "The police are close behind, and the weather is worse.",
    "As the festival draws near, old wounds open again.",
    "A storm cuts off the only way back.",
    "Each of them keeps a secret from the others.",
];

/// Optional sentence about what is at stake.
pub(super) const STAKES: &[&str] = &[
    "There is more to lose than money.",
    "Two families will never be the same.",
    "If the truth comes out, the whole company falls.",
    "Time runs out faster than courage.",
    "Somebody will have to pay for what was done.",
    "It may be the last chance to say what was never said.",
    "An entire village depends on the outcome.",
    "The price of silence rises by the day.",
    "Love, it turns out, is the smallest of the risks.",
    "The only witness is a parrot.",
    "Not everyone will be there when the ice melts.",
    "And the clock has already begun to strike.",
    "At the border, all the papers are false but one.",
    "Nobody asked what the dog had seen.",
];

/// Optional closing sentence.
pub(super) const CLOSINGS: &[&str] = &[
    "A story of loyalty and of what remains of it.",
    "A comedy of errors in which every error was intended.",
    "Based on events that may well have happened.",
    "In the end it takes a stranger to see what was always there.",
    "A quiet film about loud people.",
    "Not every journey has a way home.",
    "A tale told in a single night.",
    "Some debts can only be paid in person.",
    "What they find is not what they were looking for.",
    "A portrait of a city that never quite wakes up.",
    "Forgiveness comes late, but it comes.",
    "The last act belongs to those who stayed.",
    "Everything depends on one honest answer.",
    "A thriller that keeps its best card until the end.",
];
