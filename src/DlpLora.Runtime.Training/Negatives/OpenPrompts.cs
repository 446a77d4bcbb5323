namespace DlpLora.Runtime.Training.Negatives;

/// <summary>Requests to write, explain, advise, imagine, play a role, plan, and program.</summary>
internal static class OpenPrompts
{
    public const string Patterns =
        """
        Write {form} about {topic}.
        Write {form} about {a:animal} who wants to {goal}.
        Write {form} in which {role} discovers {topic}.
        Write {form} for {person} about {topic}.
        Write {form} that begins with the line "It was the last {thing} in {place}."
        Write {form} using the words {words}.
        Compose {form} that captures the mood of {place} {when}.
        Create {form} from the point of view of {role}.
        Draft {form} announcing {business} in {place}.
        Can you come up with {form} on {topic}?
        Produce {form} in the style of {celebrity} about {food}.
        I need {form} about {topic} by {when}.
        Write an email to {person} about {topic}.
        Write an email to {person} asking for feedback on {business}.
        Draft a polite message to {person} to cancel our meeting {when}.
        Write a funny birthday wish for {person}.
        Write a cover letter for a job at {business}.
        Write a recommendation letter for {trade}.
        Write a resignation letter for {trade}.
        Write a product review of {a:thing}.
        Write an advertisement for {a:thing}.
        Give me a catchy slogan for {business}.
        Come up with {number} names for {business}.
        Suggest {number} titles for {form} about {topic}.
        Write a complaint to {person} about {trouble}.
        Write an apology to {person} for {trouble}.
        Write a dialogue between {role} and {role}.
        Write a conversation in which {role} teaches {role} about {topic}.
        Write an outline for {form} on {topic}.
        Write the opening paragraph of a novel set in {place}.
        Describe {place} as if you were {role}.
        Describe a character who is {trade} and secretly {role}.
        Describe a typical day of {trade}.
        Describe the smell of {food} to someone who cannot smell.
        Write a job posting for {trade} in {place}.
        Compose an invitation to a party {when} in {place}.
        Write a press release for {business} in {place}.
        Write a short script for a video about {topic}.
        Write a motivational speech for people who want to {goal}.
        Write a bedtime story with {a:animal}, {a:thing} and a happy end.
        Write an Instagram caption for a photo of {food} in {place}.
        Write a eulogy for {a:animal} named {name}.
        Write a text for the website of {business}.
        Write a persuasive letter to {person} about {topic}.
        Explain {topic} to a five year old.
        Explain {topic} in simple terms.
        Explain how {a:thing} works.
        Explain the difference between {topic} and {topic}.
        Explain the main causes of {event}.
        Explain step by step how to set up {device}.
        Explain what {trade} does to {role}.
        Can you explain why {topic} matters for {trade}?
        What are the pros and cons of {topic}?
        What are the main arguments for and against {topic}?
        What are the key principles of {topic}, and how can they be applied by {trade}?
        What are some common misconceptions about {topic}?
        What are the ethical questions around {topic}?
        What are the long-term effects of {topic} on society?
        What are the best ways to learn about {topic}?
        What are some subtle signs that {person} wants to {goal}?
        What are the symptoms of {trouble}, and when should I see a doctor?
        What are {number} things everyone should know about {topic}?
        What role did {celebrity} play in {event}?
        What do you think about {topic}?
        What would happen if {topic} had never existed?
        What if {animal}s could talk?
        What if {celebrity} had never been born? How would history be different?
        What if {event} had never happened?
        What would {celebrity} say about {topic}?
        What would the world look like if everyone owned {a:thing}?
        Imagine a world without {topic}. Describe a normal day.
        Imagine {celebrity} lived today. What would they think of {topic}?
        Imagine you are {role} writing to {person}. What would you say?
        Imagine you had to survive in {place} with only {a:thing}. What would you do?
        How would you explain {topic} to {role}?
        How would you feel if you were {a:animal} in {place}?
        How has {topic} changed in the last century?
        How does {topic} influence {topic}?
        How can governments encourage {topic} without hurting {topic}?
        How could {topic} affect the economy in the future?
        How can I tell if {person} is lying about {topic}?
        How do I tell {person} that I can't come {when}?
        How do I choose the right {thing}?
        How can I improve my skills in {topic}?
        How should {trade} deal with {trouble}?
        How do you know when {food} is done?
        Why is {topic} important for society?
        Why do some people prefer {topic} over {topic}?
        Why might someone choose {a:thing} over {a:thing}?
        Why do so many people want to {goal}?
        Why was {event} a turning point?
        Could {celebrity} have changed the course of {event}?
        Would it be possible to live on nothing but {food}?
        Should schools teach {topic}? Take a position.
        Should I buy {a:thing} or {a:thing}?
        Is it better to {goal} or to {goal}?
        Is {topic} overrated? Defend your view.
        Do we have a moral duty to support {topic}?
        Do you think {trade} will be replaced by robots?
        Are {animal}s smarter than {animal}s, and how would we know?
        Compare {topic} with {topic}.
        Compare and contrast {celebrity} and {celebrity}.
        Discuss the ethics of {topic}.
        Discuss how {event} shaped {topic}.
        Analyze the influence of {topic} on {topic}.
        Argue that {topic} should be taught to every child.
        Debate whether {a:animal} or {a:animal} makes the better pet.
        Give an overview of {topic} for beginners.
        Give {number} interesting facts about {topic}.
        Give me tips to {goal} without spending much.
        Give me a recipe for {food}.
        Give me ideas for {form} about {topic}.
        Give a critical view of {topic}.
        Provide examples of {topic} in everyday life.
        Provide a timeline of {event}.
        Provide a beginner's guide to {topic}.
        List {number} ways to {goal}.
        List the steps needed to {goal}.
        List the equipment that {trade} needs.
        Name {number} books about {topic}.
        Recommend {media} for someone who likes {topic}.
        Suggest a gift for {person}.
        Suggest {number} activities for kids {when}.
        Suggest a workout that helps my {body}.
        Brainstorm ideas for {business}.
        Design a logo for {business}.
        Design a lesson plan on {topic} for high school.
        Design an experiment about {topic}.
        Invent a new sport that uses {a:thing} and {a:thing}.
        Invent a recipe with {food} and {food}.
        Plan a three day trip to {place}.
        Plan a menu with {food} for {number} guests.
        Plan a surprise party for {person}.
        Make a weekly plan to {goal}.
        Make a budget for {business}.
        Make a checklist for {when}.
        Make a quiz about {topic}.
        Create a training plan for someone who wants to {goal}.
        Create a character for a game: {role} with {a:thing}.
        Create an itinerary for a week in {place}.
        Create a marketing plan for {business}.
        Develop a strategy to market {a:thing} to {trade}.
        Estimate how many {thing}s there are in {place}. Explain your reasoning.
        Estimate how much it costs to open {business}.
        Pretend you are {role} and introduce yourself.
        Pretend to be {celebrity} and explain {topic}.
        Act as {role} and give me advice on how to {goal}.
        Act as {trade}. I have {trouble}. What should I do?
        I want you to act as {trade} and answer my questions about {topic}.
        You are {role}. Tell me about your day in {place}.
        You are {trade} talking to {person}. Start the conversation.
        As {role}, explain {topic}.
        As {trade}, how would you explain {trouble} to a client?
        Talk like {role} from now on.
        If you were {role}, what would you do {when}?
        Picture yourself as {role}. How do you feel about {topic}?
        Embrace the role of {role} and describe {place}.
        Write a {language} function that {program}.
        Write a {language} program which {program}
        Write a unit test in {language} for code that {program}.
        Write a {language} script that {program} and explain how it works.
        Implement in {language} a class which {program}.
        Show me an example of a loop in {language}.
        How do I install {language} on my computer?
        Why is my {language} program so slow?
        What is the best way to learn {language}?
        Should I use {language} or {language} for {business}?
        Fix the bug in my {language} code: {snippet}
        What does this code do? {snippet}
        Explain this line of {language}: {snippet}
        Refactor this {language} code: {snippet}
        Convert this from {language} to {language}: {snippet}
        What is the time complexity of code that {program}?
        How do I center a div in {language}?
        How do I write code that {program} in {language}?
        Which algorithm {program} fastest?
        Create a web page for {business} in HTML.
        Write a regular expression that finds {adjective} words.
        Help me prepare for an interview as {trade}.
        Help me decide between {place} and {place} for a vacation.
        Help me write {form} for {person}.
        Help me to {goal}.
        I want to {goal} but have no time. Any advice?
        I have {trouble} and guests are coming {when}. What can I do?
        I am {trade} and want to {goal}. Where do I start?
        I'm planning {event} for {person}. What should I think of?
        I have {food}, {food} and {food}. What can I cook?
        My friend wants to {goal}, but I think it's a bad idea. What should I say?
        I had a fight with {person} about {topic}. How can I make up?
        Tell me about {topic}.
        Tell me what {trade} would say about {trouble}.
        Teach me the basics of {topic}.
        Take a stand on {topic} and support it with reasons.
        Find the derivative of x cubed plus {number} x.
        Solve the equation {number} x equals {number}.
        Prove that there are infinitely many prime numbers.
        Define {topic} in one sentence.
        Find a rhyme for {thing}.
        Make up a riddle about {a:thing}.
        Make a joke about {trade} and {a:animal}.
        Make an analogy between {topic} and {a:thing}.
        Write a two sentence horror story about {a:thing}.
        Write a knock-knock joke about {food}.
        Write a tagline for {a:thing}.
        Use {number} adjectives to describe {celebrity}.
        What lessons can {trade} learn from {celebrity}?
        What would you put into a museum of {topic}?
        What makes {media} good?
        """;
}
