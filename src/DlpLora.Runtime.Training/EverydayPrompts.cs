namespace DlpLora.Runtime.Training;

/// <summary>Prompts of everyday assistants, written for this library: what people ask that no special skill is for.</summary>
internal static class EverydayPrompts
{
    private const int PerPattern = 22;
    private const int HeldEvery = 8;

    private static readonly Dictionary<char, string[]> Slots = new()
    {
        ['t'] =
        [
            "the history of jazz", "black holes", "remote work", "healthy sleep", "electric cars", "urban gardening", "the stock market", "ocean currents",
            "machine learning", "the Roman Empire", "climate policy", "mindfulness", "space tourism", "vaccines", "cryptography", "modern architecture",
            "coffee roasting", "the printing press", "renewable energy", "chess openings", "inflation", "public transport", "dog training", "online privacy",
            "quantum computing", "volcanoes", "minimalism", "team motivation", "time management", "the water cycle", "social media", "wild mushrooms",
            "film photography", "freelancing", "marathon training", "the human brain", "bees", "recycling", "the French Revolution", "supply chains",
        ],
        ['p'] =
        [
            "my boss", "my landlord", "a new colleague", "my grandmother", "a customer", "my neighbour", "the whole team", "a hiring manager", "my best friend",
            "the school principal", "a supplier", "my sister", "an investor", "our volunteers", "a journalist", "my doctor", "the hotel", "my roommate",
        ],
        ['f'] =
        [
            "lasagna", "a vegan curry", "banana bread", "sushi rolls", "pancakes", "a tomato soup", "chicken tacos", "an apple pie", "fried rice", "a green smoothie",
            "sourdough bread", "a pot roast", "hummus", "a cheese omelette", "brownies", "a caesar salad", "lentil stew", "pizza dough",
        ],
        ['c'] =
        [
            "Lisbon", "Tokyo", "Chicago", "Nairobi", "Berlin", "Melbourne", "Buenos Aires", "Toronto", "Mumbai", "Seattle", "Reykjavik", "Cairo", "Denver", "Prague",
            "Hanoi", "Dublin", "Miami", "Istanbul",
        ],
        ['d'] =
        [
            "tomorrow", "on friday", "next week", "at six in the morning", "this weekend", "on march third", "in two hours", "tonight", "on monday afternoon",
            "in december", "for the holidays", "at noon", "later today", "next tuesday",
        ],
        ['l'] = ["Python", "JavaScript", "C#", "Rust", "Java", "Go", "C++", "TypeScript", "Bash", "Kotlin", "PHP", "Swift"],
        ['a'] =
        [
            "reverses a linked list", "sorts an array", "reads a csv file", "sends an http request", "finds prime numbers", "parses a date", "removes duplicates",
            "counts characters in a string", "connects to a database", "renames all files in a folder", "checks for a palindrome", "merges two dictionaries",
        ],
        ['o'] =
        [
            "a laptop", "running shoes", "a coffee machine", "a mountain bike", "headphones", "a standing desk", "a winter jacket", "a used car", "a tent",
            "a mattress", "a phone case", "a vacuum cleaner", "a camera", "a guitar", "a blender", "plane tickets",
        ],
        ['g'] =
        [
            "learn the piano", "lose weight", "save money for a house", "read more books", "stop procrastinating", "run a half marathon", "start a podcast",
            "make new friends", "quit sugar", "get a promotion", "write a novel", "sleep better", "speak in public", "organize my closet", "grow tomatoes",
        ],
        ['r'] =
        [
            "a pirate", "a detective in old London", "a grumpy wizard", "a kindergarten teacher", "an astronaut", "a sports commentator", "a medieval queen",
            "a time traveller", "a tour guide", "a stand-up comedian", "a philosopher", "a retired sea captain", "a robot from the future", "a job interviewer",
        ],
        ['b'] =
        [
            "a bakery", "a yoga studio", "a software startup", "a bookshop", "a food truck", "a pet hotel", "a language school", "a hair salon", "a bike rental",
            "a charity run", "a gaming channel", "an online flower store",
        ],
        ['h'] =
        [
            "a sore throat", "a squeaky door", "ants in the kitchen", "a slow computer", "back pain", "a wine stain on the carpet", "hiccups", "a clogged sink",
            "dry skin", "a flat tire", "stage fright", "a noisy neighbour", "a broken zipper", "mold in the bathroom", "jet lag", "a wifi dead spot",
        ],
        ['m'] =
        [
            "the living room lights", "my alarm", "the thermostat", "the music", "my calendar", "the shopping list", "the tv", "my to do list", "the garage door",
            "bluetooth", "my reminders", "the volume", "the oven timer", "the front door camera",
        ],
    };

    private static readonly string[] Patterns =
    [
        // writing
        "Write a poem about {t}.", "Write a short story about {r} who discovers {t}.", "Write an email to {p} about {t}.",
        "Draft a polite message to {p} to cancel our meeting {d}.", "Compose a blog post about {t} for beginners.", "Write a funny birthday wish for {p}.",
        "Help me write a cover letter for a job at {b}.", "Write a product review of {o}.", "Give me a catchy slogan for {b}.", "Write a thank you note to {p}.",
        "Write a haiku about {t}", "Write a speech about {t} for {p}.", "Come up with ten names for {b}.", "Write a tweet announcing {b}.",
        "Write the first paragraph of a novel set in {c}.", "Write a complaint to {p} about {h}.", "Write a dialogue between {r} and {r}.",
        "Write an outline for an essay on {t}.", "Write a song in the style of {r} about {t}.", "Make this message to {p} sound more formal: see you {d}!",
        "Compose an invitation to a party {d} in {c}.", "Write a job advertisement for {b}.", "Write a limerick about {f}.", "Write a press release for {b} in {c}.",
        // explaining, opinions
        "Explain {t} to a five year old.", "What are the pros and cons of {t}?", "Tell me about {t}.", "How has {t} changed in the last century?",
        "Describe the main ideas behind {t} and give examples.", "What do you think about {t}?", "Compare {t} with {t}.", "Why is {t} important for society?",
        "Give me five interesting facts about {t}.", "What would happen if {t} had never existed?", "Discuss the ethics of {t}.",
        "List the most common misconceptions about {t}.", "Recommend three books about {t}.", "How could {t} affect the economy in the future?",
        "Explain the difference between {t} and {t} in simple terms.", "Imagine a world without {t}. Describe a normal day.", "Who are the key people in {t}?",
        "Create a quiz about {t}.", "Design a lesson plan on {t} for high school.", "Make a mind map of {t}.", "What questions should I ask an expert in {t}?",
        // roleplay
        "Pretend you are {r} and introduce yourself.", "Act as {r} and give me advice on how to {g}.", "You are {r}. Tell me about your day in {c}.",
        "As {r}, explain {t}.", "Talk like {r} from now on.", "If you were {r}, what would you do {d}?",
        // code
        "Write a {l} function that {a}.", "How do I install {l} on my computer?", "Fix the bug in my {l} code that {a}.", "Show me an example of a loop in {l}.",
        "What is the best way to learn {l}?", "Write a unit test in {l} for code that {a}.", "Convert this script from {l} to {l}.",
        "Should I use {l} or {l} for {b}?", "Why is my {l} program so slow?", "Refactor the class below so that it {a}.", "Implement in {l} a program which {a}",
        // plans and advice
        "How can I {g}?", "Make a weekly plan to {g}.", "What's the fastest way to {g}", "Give me tips to {g} without spending much.", "I want to {g} but have no time, what should I do",
        "Plan a three day trip to {c}.", "What should I pack for {c} {d}?", "Suggest a gift for {p}.", "How do I tell {p} that I can't come {d}?",
        "Brainstorm ideas for {b}.", "Make a budget for {b}.", "Write a marketing plan for {b} in {c}.", "Give me a recipe for {f}.", "how long does {f} take in the oven",
        "what can i use instead of eggs in {f}", "how many calories are in {f}", "is {f} healthy", "What wine goes with {f}?", "how do i fix {h}", "what helps against {h}",
        "How do I get rid of {h}?", "who should i call about {h}", "what's a good workout to {g}", "help me prepare for an interview at {b}",
        // assistants
        "set an alarm {d}", "remind me to call {p} {d}", "what's the weather like in {c} {d}", "turn on {m}", "turn off {m} {d}", "what is on my calendar {d}",
        "book a table for two in {c} {d}", "find me a cheap flight to {c} {d}", "order {o} for me", "how much does {o} cost", "where can i buy {o} near {c}",
        "is {o} still in stock", "text {p} that i will be late", "call {p}", "play some music for {g}", "add {f} to the shopping list", "what time is it in {c}",
        "how far is {c} from {c}", "is there traffic on the way to {c}", "schedule a meeting with {p} {d}", "cancel my appointment {d}", "change the name of {m}",
        "who won the game in {c} last night", "what's the news about {t}", "track my package with {o}", "when does the next train to {c} leave",
        "do i need a visa for {c}", "what's the population of {c}", "find a good restaurant in {c}", "what movies are playing in {c} {d}", "tell me a joke about {r}",
        "what is the best {o} under two hundred dollars", "how do you spell {c}", "check the status of my order for {o}", "make a reservation at a hotel in {c} {d}",
        "what song is this", "open {m}", "what's the price of gold {d}", "how is the stock of {b} doing", "when is the next public holiday in {c}",
        "can you help {p} to {g}", "log my run {d}", "skip this song", "what's the meaning of life", "are you a human", "good morning", "thanks, that was helpful",
        "what's your name", "who made you", "i'm bored, what can we do {d}", "roll a die", "flip a coin", "sing me a song about {f}", "what languages do you speak",
        "Rewrite the text below for {p} in a friendlier tone.", "Proofread my letter to {p}.", "Improve the style of this paragraph about {t}.",
        "Extract the names and dates from the article on {t}.", "Classify the sentiment of this review of {o}.", "Turn my notes on {t} into bullet points.",
        "Give me a synonym for happy.", "Which category does {o} belong to: sports, kitchen, office or travel?", "Make a table of {l}, {l} and {l} with their creators.",
        "Generate a password hint.", "Suggest a title for an article about {t}.", "Guess which word is missing from the proverb.", "Draw {r} in ASCII art.",
        "Give feedback on my idea: {b} in {c}.", "Estimate how much it costs to open {b}.", "Explain step by step how to set up {m}.",
        "Describe how to build a model of {t} from cardboard.", "What are the symptoms of {h}, and when should I see a doctor?", "Diagnose why {m} stopped working.",
    ];

    /// <summary>Fills the patterns; every eighth pattern goes to the held-out texts, whole.</summary>
    public static void Expand(ulong seed, List<string> train, List<string> held)
    {
        TrainingRandom random = new(seed, stream: 23);
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < Patterns.Length; i++)
        {
            List<string> into = i % HeldEvery == HeldEvery - 1 ? held : train;
            for (int j = 0; j < PerPattern; j++)
            {
                string text = Fill(Patterns[i], ref random);
                if (seen.Add(text))
                {
                    into.Add(text);
                }
            }
        }
    }

    private static string Fill(string pattern, ref TrainingRandom random)
    {
        string text = pattern;
        for (int at = text.IndexOf('{', StringComparison.Ordinal); at >= 0; at = text.IndexOf('{', StringComparison.Ordinal))
        {
            string[] values = Slots[text[at + 1]];
            text = string.Concat(text.AsSpan(0, at), values[random.Below(values.Length)], text.AsSpan(at + 3));
        }

        return text;
    }
}
