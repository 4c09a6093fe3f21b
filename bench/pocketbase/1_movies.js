// A migration of PocketBase: a public collection with the movies of the file movies.json.
migrate((app) => {
  // The measured service does not log requests either.
  const settings = app.settings();
  settings.logs.maxDays = 0;
  app.save(settings);

  const text = (name) => ({ type: "text", name });
  const number = (name) => ({ type: "number", name });
  const collection = new Collection({
    type: "base",
    name: "movies",
    viewRule: "",
    fields: [
      text("name"),
      text("date"),
      number("score"),
      text("overview"),
      text("status"),
      number("budget"),
      number("revenue"),
      text("country"),
    ],
  });
  app.save(collection);

  for (const movie of JSON.parse(toString($os.readFile("movies.json")))) {
    const record = new Record(collection, movie);
    // Ids have 15 characters.
    record.set("id", String(movie.id).padStart(15, "0"));
    record.set("country", movie.country.code);
    app.save(record);
  }
});
