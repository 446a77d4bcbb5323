namespace DlpLora.Runtime.Training.Negatives;

/// <summary>Instructions with a text, words or a table to work on, of kinds that are everybody's. <c>\n</c> stands for a line break.</summary>
internal static class TextPrompts
{
    public const string Patterns =
        """
        Rewrite the text so that it sounds {style}.\n{message}
        Make this message {style}.\n\n{message}
        Rewrite the message below for {person}.\n{message}
        Proofread the following and fix every mistake.\n{message}
        Turn this into bullet points.\n{message}
        Turn this into {form}.\n{message}
        Write a polite reply.\n{message}
        Reply to the review.\nReview: {message}
        Write a subject line for the email.\nEmail: {message}
        Label the feeling of the message: angry, happy or neutral.\n{message}
        Is the review positive or negative?\nReview: {message}
        Guess who wrote this and why.\n{message}
        Extract the names and numbers.\n{message}
        Expand this into a longer text.\n{message}
        Continue the story.\n{message}
        Explain the joke.\n{message}
        What is the tone of the text?\nText: {message}
        Write a title.\n{message}
        Add emojis to the text.\n{message}
        Which of these words does not fit with the others?\n{words}
        Write a sentence with all of the words.\nwords: {words}
        Write {form} with these keywords.\nkeywords: {words}
        Order the words from small to large.\n{words}
        Give a synonym for each word.\n{words}
        Find a category for the items.\nitems: {words}
        Give {number} hashtags for the post.\nPost: {message}
        Write a caption.\nPhoto: {a:animal} next to {a:thing} in {place}
        Describe the picture for a blind person.\nPicture: {role} eating {food}
        Write a product description.\nProduct: {thing}\nFeatures: {words}
        Write an ad.\nBusiness: {business}\nCity: {place}
        List what you need and the steps to cook it.\nDish: {food}
        Say what this company does.\nCompany: {business}
        Give an analogy.\nConcept: {topic}
        Explain the term.\nTerm: {topic}
        Write {number} quiz questions.\nSubject: {topic}
        Give pros and cons.\nOption: {goal}
        Give advice.\nProblem: {trouble}
        Suggest a destination.\nLikes: {topic}, {food}\nDislikes: {topic}
        Plan the day.\nCity: {place}\nInterests: {topic}, {topic}
        Write the invitation.\nEvent: {event}\nHost: {name}\nDate: {when}
        Write a text message to remind him.\nName: {name}\nTime: {when}
        Convert the units.\n{number} {unit} = ? {unit}
        Compute the total.\n{number} {unit}, {number} {unit}
        Complete the table.\nname | color | price\n{thing} | | \n{thing} | |
        Add comments to the code.\n{snippet}
        Find the bug.\n{snippet}
        What is the output of this program?\n{snippet}
        Rename the variables so that they say what they hold.\n{snippet}
        Write a docstring.\n{snippet}
        Which category does this belong to: sports, kitchen, office or travel?\n{thing}
        Is it a fruit, an animal or a tool?\n{animal}
        Rate from one to ten how likely it is.\n{a:animal} learns to {goal}
        Who would say this?\nA) {role}\nB) {role}\n{message}
        Which gift is best for {person}?\nA) {thing}\nB) {food}\nC) a trip to {place}
        Which would you rather do?\nA) {goal}\nB) {goal}
        Vote for a name for {business}.\n1. {animal}\n2. {thing}\n3. {food}
        Pick the better slogan for {business}.\n- We love {food}\n- The {superlative} {thing} in {place}
        Decide what to cook.\n* {food}\n* {food}\n* {food}
        Agenda for {when}:\n- {goal}\n- call {name}\n- buy {a:thing}\nPut it in order of importance.
        Dear {person},\nI am writing to you about {topic}. {message}\nFinish the letter.
        {message}\nIs this email rude?
        {message}\nAnswer as {role}.
        {message}\nMake it {style}.
        {snippet}\nwhy does this not work?
        {words}\nWhat do these have in common?
        """;
}
