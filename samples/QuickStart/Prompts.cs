namespace QuickStart;

/// <summary>What the sample asks: different skills, in our own words; the last one asks for two in two sentences.</summary>
internal static class Prompts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "Translate this Spanish sentence into English: El tren de Madrid llega a las ocho.",
        "Columns: city, country, mayor, population\nQuestion: Who is the mayor of Lyon?\nWrite the SQL query.",
        "Customer: I still have not received the card that I ordered two weeks ago.\nWhich topic is it?\nA) card arrival\nB) exchange rate\nC) lost or stolen phone\nD) top up limits",
        "I have two apples, a drum, and a banana. How many fruits do I have?",
        "Who was the king of, no sorry, the queen of England in 1850?\nRemove the disfluency.",
        "Which language is this sentence written in?\nJe voudrais un café et deux croissants.\nA) Italian\nB) French\nC) Portuguese\nD) Dutch",
        "name[The Green Lantern], eatType[restaurant], food[Italian], priceRange[cheap], area[riverside], near[The Old Bridge]\nWrite a short description.",
        "If you follow these instructions, do you return to the starting point? Take 3 steps. Turn around. Take 3 steps.\nA) Yes\nB) No",
        "Remove the disfluencies: Where did, I mean when did Rossi play in Lyon? Columns: player, team, goals\nQuestion: How many goals did Rossi score?\nWrite the SQL query.",
    ];
}
