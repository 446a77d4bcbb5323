using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>Wordings that fit any task: put around a row's content, they teach the router not to lean on instructions.</summary>
internal static class NeutralWordings
{
    public static string[] All { get; } =
    [
        "Please answer.", "Please help me with this.", "Can you help me with the following?", "Here is my question.", "Have a look at this:",
        "Please have a look at the text below.", "Read the following carefully.", "Read this and respond.", "Answer briefly.",
        "Give only the answer.", "Reply with the answer only, no explanation.", "Think it over before you answer.", "Take your time.",
        "What would you say?", "What is the right answer here?", "Which one is right?", "Which option fits best?", "Pick one of the options.",
        "Choose one of the options below.", "Choose the best option.", "Respond with the letter of your choice.", "Answer with a single letter.",
        "Select the correct alternative.", "I need your help with this one.", "I am not sure about this one, can you tell me?",
        "This came up at work today.", "My teacher gave us this.", "Here is the next one:", "Next task:", "Task:", "Question:", "Input:", "Text:",
        "Instruction: handle the following input.", "Do what is needed with this.", "Please work on this.", "Please process the following text.",
        "Tell me the result.", "Give me the output for this input.", "Output:", "Answer:", "Response:", "Your answer:", "Let me know what you think.",
        "Thanks in advance!", "Thank you.", "Hi, quick one for you.", "Hello, could you do this for me?", "Hey, one more.", "Be precise.",
        "Be brief.", "Keep it short.", "Use no more than one sentence.", "Explain nothing, just answer.", "Solve it.", "Work it out.",
        "Decide.", "Make a decision about this.", "Consider the text.", "Consider the following case.", "Given the text below, answer.",
        "Given the above, what is your answer?", "Based on the above, respond.", "Use the information given.", "Only use what is written here.",
        "You are a helpful assistant.", "You are an expert. Answer the user.", "As an expert, what is your view?", "The user writes:",
        "A user sent this message:", "Complete the task.", "Do the task described.", "Do the usual with this one:", "As before:", "Same again, please:",
        "Now this:", "And this one?", "What about this one?", "I wonder about this:", "Quick check:", "Exercise 3.", "Item 12.", "Problem 7.",
        "See below.", "See above.", "Could you sort this out?", "Would you mind handling this?", "I would like you to take care of this:",
        "It is important to me that this is right.", "Double-check your answer.", "Start now.", "Begin.", "Go ahead.", "Ready? Here it is.",
        "Answer in English.", "Answer in plain words.", "Answer with one word if you can.", "Yes, this one too.", "The following needs an answer.",
    ];

    /// <summary>
    /// These and every wording that the rows themselves have. A content in another label's wording keeps its label: so the words of an
    /// unknown wording, which some other label's wording may share, say less than the content.
    /// </summary>
    public static string[] With(IReadOnlyList<TextAnatomy> rows)
    {
        List<string> wordings = [.. All];
        HashSet<string> known = new(wordings, StringComparer.OrdinalIgnoreCase);
        foreach (TextAnatomy row in rows)
        {
            foreach (string wording in row.Wordings())
            {
                if (known.Add(wording))
                {
                    wordings.Add(wording);
                }
            }
        }

        return [.. wordings];
    }
}
