namespace DlpLora.Runtime.Training.Negatives;

/// <summary>Questions to an encyclopedia, with capitals and marks, and plain statements that ask for nothing.</summary>
internal static class FactPrompts
{
    public const string Patterns =
        """
        Who was {figure}?
        When was {figure} born?
        In which country was {figure} born?
        Where is {figure} buried?
        What is {figure} best remembered for?
        Who were the teachers of {figure}?
        What did {figure} discover?
        Which prize did {figure} win in {year}?
        How did {figure} change the world?
        What was the nickname of {figure}?
        Who was the father of {figure}?
        What were the last words of {figure}?
        Why was {figure} sent into exile?
        Which language did {figure} speak?
        Who painted the most famous portrait of {figure}?
        Who played {figure} in the film of {year}?
        What did {figure} think of {figure}?
        When did {figure} meet {figure}?
        What was the relationship between {figure} and {figure}?
        Which books did {figure} write?
        When did {era} begin?
        When did {era} end?
        What caused {era}?
        What were the consequences of {era}?
        Who ruled during {era}?
        Why did {era} last so long?
        What was daily life like during {era}?
        What was the religion of {era}?
        What language was spoken in {era}?
        How did {era} come to an end?
        Which countries took part in {era}?
        What was the capital of {era}?
        How many people died in {era}?
        What did people eat in {era}?
        What weapons were used in {era}?
        Who was the leader of {nation} during {era}?
        Name {number} important dates of {era}.
        What is the capital of {nation}?
        What is the official language of {nation}?
        Which countries border {nation}?
        What is the highest point of {nation}?
        Who is the head of state of {nation}?
        When did {nation} become independent?
        What is the main export of {nation}?
        What does the flag of {nation} look like?
        What is the national dish of {nation}?
        How many islands belong to {nation}?
        What currency is used in {nation}?
        Which river flows through the capital of {nation}?
        How many people live in {nation}?
        In which year did {nation} first host the Olympic Games?
        Which city in {nation} has the most inhabitants?
        Who conquered {nation} in {year}?
        What is the climate of {nation}?
        What is the largest lake in {nation}?
        On which continent is {nation}?
        How is {nation} governed?
        What is {matter}?
        What is {matter} made of?
        Who first described {matter}?
        What is the purpose of {matter}?
        How is {matter} measured?
        What are the main types of {matter}?
        Why is {matter} important?
        Where in nature is {matter} found?
        When was {matter} discovered?
        What is the opposite of {matter}?
        How does {matter} work?
        What is the difference between {matter} and {matter}?
        What happens during {matter}?
        Which scientist is known for work on {matter}?
        What is the formula for {matter}?
        How do scientists study {matter}?
        What is another name for {matter}?
        What are common misconceptions about {matter}?
        What is the chemical symbol for {element}?
        What is the atomic number of {element}?
        What is {element} used for?
        At what temperature does {element} melt?
        Who wrote {work}?
        When was {work} published?
        Who is the hero of {work}?
        How does {work} end?
        Where does {work} take place?
        Who directed the film version of {work}?
        What is the theme of {work}?
        What inspired {work}?
        Which awards did {work} win?
        How many chapters are in {work}?
        Who are the main characters in {work}?
        What is the name of the villain in {work}?
        Which character in {work} dies first?
        Who built {landmark}?
        How tall is {landmark}?
        Where is {landmark}?
        When was {landmark} opened?
        Why was {landmark} built?
        How many people visit {landmark} every year?
        What is {landmark} made of?
        Who was the architect of {landmark}?
        What happened to {landmark} in {year}?
        What is the story behind {landmark}?
        What happened in {year}?
        Who won the Nobel Prize for literature in {year}?
        Who was the president of the United States in {year}?
        Which team won the World Cup in {year}?
        What was the most popular song of {year}?
        What was invented in {year}?
        Which empire was the largest in {year}?
        What is the origin of the word {thing}?
        Which animal is the symbol of {nation}?
        Which {kind} is named after {figure}?
        What is the name of the longest {kind} in {nation}?
        Which actor starred in both {work} and {work}?
        Which part of the body is affected by {matter}?
        How many strings, keys or valves does {a:instrument} have?
        Which famous musician played the {instrument}?
        In what key is {a:instrument} tuned?
        What family of instruments does the {instrument} belong to?
        What did {figure} mean by freedom?
        What is the meaning of {matter} in everyday language?
        Which of the planets is closest to the sun?
        Which vitamin is made in the skin?
        How many players does a polo team have on the field?
        What do you call a word that is spelled the same backwards?
        What does the abbreviation NASA stand for?
        What year was the first email sent?
        Who was on the throne of England in {year}?
        What is the study of fossils called?
        {figure} was born in {nation}.
        {figure} never liked {food}.
        I read about {figure} yesterday.
        {work} is my favorite book.
        We visited {landmark} last summer and it rained the whole time.
        {name} says that {matter} is boring.
        {nation} is known for its {food}.
        The {animal} in our garden has babies.
        I am writing a school report about {era}.
        My {thing} is older than I am.
        There is {a:animal} sitting on my {thing}.
        {trade} came by and fixed the {thing}.
        I have never been to {nation}.
        {name} gave {name} {a:thing} for the wedding.
        People in {nation} drink a lot of tea.
        The museum has a new exhibition about {era}.
        She wanted {a:thing}, but her brother bought {a:instrument} instead.
        Derive the equation for {matter}.
        Prove that there are infinitely many primes.
        Find the eigenvalues of a symmetric matrix.
        State the theorem named after {figure}.
        Give the definition of {matter}.
        Name the inventor of the {thing}.
        Name the author of {work}.
        Name a composer from {nation}.
        Locate {nation} on a map.
        List the kings of {nation}.
        Outline the life of {figure}.
        Describe the geography of {nation}.
        Tell me about {era}.
        Tell me about {landmark}.
        Give me a timeline of {era}.
        """;
}
