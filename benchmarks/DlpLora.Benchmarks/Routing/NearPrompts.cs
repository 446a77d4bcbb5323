namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// Prompts of no task, written one by one to choose by, many of them near a task: short questions of fact, questions to answer with yes or no, how to
/// do things at home, sums. Some could as well be the task's.
/// </summary>
internal static class NearPrompts
{
    public static string[] All { get; } =
    [
        .. """
           who built the great wall of china
           when did the berlin wall come down
           what is the longest river in europe
           which country has the most time zones
           who was the first woman in space
           how many moons does saturn have
           what does a seismograph measure
           who discovered penicillin
           What is the chemical formula of table salt?
           Which element has the atomic number 26?
           What language has the most native speakers?
           In which year did the Spanish Civil War begin?
           Who composed The Four Seasons?
           What was the name of Alexander the Great's horse?
           What is the currency of Hungary?
           Which ocean is the Mariana Trench in?
           Who succeeded Winston Churchill as prime minister in 1945?
           What treaty ended the First World War?
           Which river flows through Baghdad?
           Why did the Library of Alexandria disappear?
           How was the Suez Canal financed?
           What role did the church play in medieval towns?
           Is a tomato a fruit or a vegetable?
           Is Pluto a planet again?
           Are bananas berries?
           Do fish feel pain?
           Did Vikings really wear helmets with horns?
           Can dogs see colors?
           Does sugar make kids hyper?
           Was Shakespeare one person?
           Should I refrigerate tomatoes?
           Would a penny dropped from a skyscraper kill someone?
           is it bad to crack your knuckles
           is decaf really free of caffeine
           can you get a sunburn through a window
           does hair grow back thicker after shaving
           is it cheaper to fly on tuesdays
           are sharks older than trees
           how to boil an egg so the yolk stays runny
           how to unclog a kitchen sink without chemicals
           how do you fold a fitted sheet
           best way to get candle wax off a tablecloth
           how can i stop my glasses from fogging up
           how do i sharpen a kitchen knife at home
           what's a quick way to peel garlic
           how to patch a hole in jeans
           how to take care of an orchid
           what can i do with stale bread
           how do you get rid of fruit flies
           remove the smell of smoke from a jacket
           tips for keeping a sourdough starter alive
           how do i parallel park
           how do i know if an avocado is ripe
           hi there
           thanks, that was helpful
           good morning! how did you sleep?
           lol ok
           never mind
           i don't get it
           what?
           are you still there
           say that in a different way
           tell me more
           I'm bored.
           I had a terrible day today.
           My dog died yesterday and I can't stop crying.
           I just got engaged!
           I can't decide between two job offers.
           My roommate keeps eating my food.
           I think my boyfriend is lying to me.
           You gave me the wrong answer before.
           who made you
           do you dream
           what can you do
           turn the heating up by two degrees
           set a reminder to water the ferns every third day
           how's traffic on the ring road
           what's on my calendar for friday afternoon
           find a vegetarian restaurant with a terrace nearby
           call the dentist and move my appointment
           book me a window seat on the morning train
           what's the battery level
           mute the television
           start a ten minute meditation
           order more printer paper
           how many unread emails do i have
           take a note: the plumber comes on wednesday
           what's the humidity in the greenhouse
           convert 12 ounces to grams
           what is 17 times 23
           what's the square root of 2 to five digits
           how many days until christmas
           roll two dice
           flip a coin
           what's twenty percent of 350
           add 3/8 and 5/12
           What is the probability of rolling two sixes in a row?
           Simplify (x^2 - 9)/(x + 3).
           Find the area of a circle with radius 7 cm.
           Integrate 1/(1+x^2) from 0 to 1.
           Write a haiku about autumn rain.
           Write me a limerick about a clumsy octopus.
           Tell me a joke about programmers.
           Compose a wedding toast for my brother.
           Write a short story that takes place in an elevator.
           Give me a plot twist for my detective novel.
           Come up with three slogans for a bicycle repair shop.
           Write a poem in which every line begins with the same letter.
           Draft a tweet announcing that our museum is open late on Thursdays.
           Write a letter to my future self.
           Describe the sea to someone who has never seen it.
           Imagine a world without money. What changes first?
           Pretend you are a dragon applying for a job at a bank.
           Explain photosynthesis to a third grader.
           Explain the difference between a virus and a bacterium.
           Explain how vaccines work in three sentences.
           What does it mean when an economy is in recession?
           How do noise-cancelling headphones work?
           Why is the sunset red?
           Why do cats purr?
           Why do onions make us cry?
           What happens when you mix baking soda and vinegar?
           How are pearls formed?
           What keeps satellites in orbit?
           Describe the life cycle of a frog.
           What is the difference between weather and climate?
           What are tectonic plates?
           How does a heat pump heat a house when it is cold outside?
           Write a Python function that reverses a linked list.
           How do I center a div in CSS?
           Explain what a closure is in JavaScript.
           What's the difference between TCP and UDP?
           My docker container exits immediately. How do I find out why?
           Write a bash one-liner that counts the lines of all .txt files.
           Convert this loop into a list comprehension.\nresult = []\nfor x in xs:\n    if x > 0:\n        result.append(x * 2)
           What does this error mean?\nTypeError: 'NoneType' object is not subscriptable
           Write unit tests for a function that parses ISO dates.
           Refactor this function so it is easier to read.\ndef p(a,b):\n  if a:\n    if b: return 1\n  return 0
           How do I vertically merge two tables in Excel?
           Create a workout plan for someone with a bad knee.
           Suggest a three day itinerary for Kyoto in spring.
           What should I wear to a beach wedding?
           Recommend books for a ten year old who loves dinosaurs.
           Name five documentaries about food.
           What movie should a nervous flyer not watch?
           Which programming language should I learn first?
           Is it worth buying an extended warranty for a washing machine?
           How much should I save for retirement each month?
           What questions should I ask at the end of a job interview?
           How do I tell my parents that I'm dropping out of college?
           Give me feedback on this opening line: The rain had been falling for as long as anyone could remember.
           Make this sentence shorter.\nIn the event that it should rain, the picnic will be postponed until a later date.
           Fix the grammar: me and him goes to the market yesterday
           Turn this list into a paragraph.\n- fast\n- cheap\n- easy to clean
           Rewrite this in the active voice and make it friendlier.\nYour application has been received and will be processed.
           Find synonyms for 'happy' that fit a formal letter.
           Use the word 'serendipity' in a sentence.
           What is the plural of octopus?
           Give me a mnemonic for the planets.
           List the pros and cons of living abroad.
           Compare electric and gas stoves.
           Summarize the plot of The Odyssey in five sentences.
           Who is the main character in Moby-Dick?
           What is the moral of the tortoise and the hare?
           Explain the ending of Inception.
           Is this email phishing?\nDear user, your mailbox is full. Click here within 24 hours to avoid suspension.
           Extract the dates from the text below.\nThe exhibition opens on 4 March and closes on 30 May; the catalogue appears in April.
           Put these events in order: moon landing, fall of Rome, invention of the telephone
           Which of the following is the odd one out: violin, cello, flute, viola?
           Write a review of a vacuum cleaner that disappointed you.
           Plan a birthday party for a six year old on a tight budget.
           Invent a board game about gardening and explain the rules.
           What would happen if the moon disappeared?
           Argue against the four day work week.
           Translate 'where is the train station' into Korean.
           How do you say thank you in Finnish?
           """.Split('\n').Select(line => line.Replace("\\n", "\n", StringComparison.Ordinal)),
    ];
}
