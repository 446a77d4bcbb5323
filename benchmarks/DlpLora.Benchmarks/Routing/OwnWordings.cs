namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// Instructions for the tasks in other words than those of any data file: a measure to choose by. <c>{0}</c> is a row's content; its options,
/// if it has any, come last or in the place of <c>{1}</c>.
/// </summary>
internal static class OwnWordings
{
    /// <summary>By task name, without the number of its folder.</summary>
    public static IReadOnlyDictionary<string, string[]> ByTask { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["epistemic_reasoning"] = ["Does the second sentence follow from the first?\n{0}", "{0}\nDecide whether the first statement implies the second.", "Think about who believes what. {0}\nIs it entailed?", "Judge whether the hypothesis must hold if the premise does.\n{0}"],
        ["winowhy"] = ["{0}\nIs that a good reason for reading the pronoun this way?", "Someone explains whom a pronoun means. Say if the explanation holds.\n{0}", "Evaluate the justification:\n{0}", "{0}\nWould you accept this argument about the reference?"],
        ["question_selection"] = ["Which of the questions leads to the given reply?\n{0}", "{0}\nPick what was asked.", "Match the answer with its question, using the passage.\n{0}", "{0}\nWhat question would this be the response to?"],
        ["colored_objects"] = ["Look at the arrangement and respond.\n{0}", "{0}\nName the colour or number asked for.", "Here is a scene with coloured things. {0}", "Reason about the items described.\n{0}"],
        ["logical_deduction"] = ["Work out the order from the clues.\n{0}\nWhich statement must be true?", "{0}\nWhat can be concluded?", "Put the things in order, then choose what holds.\n{0}", "A small ordering puzzle: {0}"],
        ["tracking_shuffled_objects"] = ["Keep track of who holds what.\n{0}", "{0}\nFinish the last sentence.", "After all exchanges, what is the outcome?\n{0}", "Trace each trade one after the other. {0}"],
        ["formal_fallacies"] = ["Does the conclusion follow logically from the premises?\n{0}", "{0}\nJudge the logic of this reasoning.", "Here somebody argues. Is it sound in form or a fallacy?\n{0}", "{0}\nSay whether the inference is correct."],
        ["strategyqa"] = ["Answer true or false in spirit: {0}", "{0}\nReply with yes or with no.", "Think about what you know, then decide. {0}", "Please settle this for me: {0}"],
        ["elementary_math_qa"] = ["Calculate and choose the matching number.\n{0}", "{0}\nWhich value is correct?", "A school maths exercise with several answers: {0}", "Find the result.\n{0}"],
        ["language_identification"] = ["In what tongue did somebody write this?\n{0}", "{0}\nName the language.", "Guess where this text comes from, by its language: {0}", "Tell me which language I am looking at.\n{0}"],
        ["fact_verification"] = ["Does the source back the statement?\n{0}", "{0}\nTrue or false according to the quoted text?", "Fact-check it.\n{0}", "Compare statement and source; say which verdict is right.\n{0}"],
        ["navigate"] = ["Will someone who walks like this be back at the origin?\n{0}", "{0}\nIs the final position the initial one?", "Walk as told. Are you home again? {0}", "Simulate the moves and tell me if they cancel out.\n{0}"],
        ["temporal_sequences"] = ["Find the free slot in the schedule.\n{0}", "{0}\nWhen was there time for it?", "Use the sightings to work out the possible hours.\n{0}", "Which time window is left?\n{0}"],
        ["movie_recommendation"] = ["I enjoyed these films: {0} What is another one for me?", "Given someone's favourites, suggest one more film.\n{0}", "{0}\nWhat should I put on tonight?", "Fans of these also like which picture? {0}"],
        ["openbookqa"] = ["Use basic science to finish or answer: {0}", "{0}\nWhich choice is right?", "An exam item from natural science.\n{0}", "Select what makes sense. {0}"],
        ["piqa"] = ["How would you do this in practice? {0}", "Household know-how: choose the sensible way.\n{0}", "{0}\nWhich of the two would really do the job?", "Goal: {0}\nPick the better method."],
        ["banking_intent"] = ["A client wrote to our support desk: {0}\nSort it into a category.", "{0}\nWhat does the writer want from the bank?", "Route this request to the right queue.\n{0}", "Classify the support ticket: {0}"],
        ["gsm8k"] = ["Work through this story problem: {0}", "{0}\nGive your calculation and the final number.", "Think aloud and compute. {0}", "{0}\nExplain each step of the arithmetic."],
        ["object_counting"] = ["Count everything in the list. {0}", "{0}\nGive the sum.", "Add up the things mentioned: {0}", "{0}\nTell me the total number."],
        ["disfl_qa"] = ["The speaker stumbled. Write the question cleanly: {0}", "{0}\nPut it as it was intended, without the slip.", "Clean up this spoken question.\n{0}", "Here someone corrects himself while asking. State the final question. {0}"],
        ["translate_de_en"] = ["Say this in English: {0}", "{0}\nHow would an English speaker put it?", "From German to English, please.\n{0}", "I need an English version of the following. {0}"],
        ["translate_es_en"] = ["Say this in English: {0}", "{0}\nHow would an English speaker put it?", "From Spanish to English, please.\n{0}", "I need an English version of the following. {0}"],
        ["translate_it_en"] = ["Say this in English: {0}", "{0}\nHow would an English speaker put it?", "From Italian to English, please.\n{0}", "I need an English version of the following. {0}"],
        ["e2e_nlg"] = ["Write one sentence for a guide from these attributes: {0}", "{0}\nPut the fields into words.", "Verbalize the record.\n{0}", "Make a readable line about this place out of its properties. {0}"],
        ["text_to_sql"] = ["Give me a SELECT statement that finds it.\n{0}", "{0}\nWhat would the database query look like?", "You know the table's columns. Express the request as a query.\n{0}", "Database task: {0}"],
        ["summarize_abstract"] = ["What is the main point of this paper?\n{0}", "{0}\nCondense it to a single line.", "Give me the gist: {0}", "TL;DR for the following text, please.\n{0}"],
        ["sports_understanding"] = ["Could this happen in a real match? {0}", "{0}\nDoes that make sense in sports?", "Someone reports: {0}\nBelievable or nonsense?", "Check whether player and action go together.\n{0}"],
        ["grammar_blimp"] = ["One of these has a mistake; name the good one.\n{0}", "{0}\nWhich would a native speaker accept?", "Pick the well-formed variant.\n{0}", "Two versions, a single acceptable one.\n{0}"],
        ["trivia"] = ["Pub quiz! {0}", "{0}\nDo you know it?", "General knowledge: {0}", "A quiz show asks: {0}"],
        ["winogrande"] = ["Who or what belongs in the gap?\n{0}", "{0}\nReplace the underscore.", "Find the word that fills the space. {0}", "Resolve the missing name: {0}"],
        ["linguistics_puzzles"] = ["Work out the unknown language from the pairs and translate the last line.\n{0}", "{0}\nGive the missing translation.", "Decode it by example.\n{0}", "An invented tongue: find its rules.\n{0}"],
        ["word_sorting"] = ["Arrange from A to Z: {0}", "{0}\nGive me these in dictionary order.", "Order this list by letter.\n{0}", "Here are some words, bring them into the order of the alphabet: {0}"],
        ["active_to_passive"] = ["Rephrase so that the object becomes the subject: {0}", "{0}\nHow does it sound in the passive?", "Rewrite with a passive verb.\n{0}", "Passive form, please: {0}"],
        ["scan_commands"] = ["Spell out each primitive step for: {0}", "{0}\nConvert into a sequence of moves.", "Translate the phrase to robot operations.\n{0}", "What would the robot do, step after step? {0}"],
    };
}
