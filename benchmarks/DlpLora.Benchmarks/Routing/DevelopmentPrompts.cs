namespace DlpLora.Benchmarks.Routing;

/// <summary>Prompts of no task, written one by one to choose by (never to train on): abstention was developed against them and never against the measuring file.</summary>
internal static class DevelopmentPrompts
{
    public static string[] All { get; } =
    [
        .. """
           how many strings are on a harp
           what's the tallest waterfall anyone has found
           when did people start using forks
           how do bees know where home is
           why does metal feel colder than wood
           which team drafted first this year
           who is in charge of the un
           how many feet make up a fathom
           what's a good name for a goldfish
           is there a bus that goes out to the airport
           how long should i boil corn on the cob
           where did the word salary come from
           who sings that song about the rain in africa
           can cats eat cheese
           what is the warmest month in spain
           how often should i rotate my tires
           what's the difference between a crocodile and an alligator
           why do we yawn
           is it going to snow before the weekend
           what size screws do i need for drywall
           how much protein does an egg have
           tell me how old the universe is
           do penguins have knees
           what's the score of the cubs game
           name all the great lakes
           how does a microwave work
           who painted the ceiling of that chapel in rome
           what is the average rent in phoenix
           what are the side effects of ibuprofen
           find out when the library closes
           are there any deals on tablets right now
           which planet spins sideways
           what did the word awful use to mean
           what year did the titanic sink
           how do you say cheers in danish
           give me directions to the closest pharmacy
           is my passport still good
           what does my horoscope say
           how many people live in ohio
           who wrote the first detective story
           can i mix bleach and vinegar
           how fast do fingernails grow
           what should i name my band
           what is the plot of hamlet
           will it hurt to get my ears pierced
           please look up a recipe that uses leftover turkey
           what kind of gas does a lawnmower take
           when is the super bowl being played
           how do i make the text bigger on my screen
           how do rainbows form
           where can i watch the eclipse
           does walmart sell stamps
           what's the gdp of brazil
           who is the coach of the lakers
           which vitamins help with hair growth
           what's the capital gains tax rate
           how do i get red wine out of a shirt
           how heavy is the average bowling ball
           tell me something about the aztecs
           should i get a dog or a cat
           start the dishwasher at ten
           dim the bedroom lamp to half
           what's taking so long
           repeat that last part please
           how's it going
           you're pretty clever
           delete the photo i just took
           put oat milk on my list
           wake me up in forty minutes
           skip to the next chapter of my audiobook
           lock all the doors
           where did i park
           send sam a message saying i'm outside
           how many steps did i take
           is the store on main street open on sundays
           play that jazz station again
           show me pictures of otters
           what's eighty degrees in celsius
           let my wife know dinner is ready
           shut the blinds when the sun sets
           You are the captain of a ship lost at sea. Write a log entry for the tenth day.
           Write a persuasive essay arguing that homework should be abolished.
           Imagine you are a plant talking to its owner. What would you complain about?
           Describe the taste of a mango to someone who has never eaten fruit.
           Draft a resignation letter that keeps the door open for coming back later.
           How did the invention of the telegraph change diplomacy?
           What if humans could photosynthesize? How would cities look?
           Suppose the internet went down worldwide for a month. What would break first?
           Could dinosaurs have developed tools if the asteroid had missed? Give your reasoning.
           Explain how a refrigerator works to a curious teenager.
           What are some ways to tell whether a melon is ripe?
           How can I judge if a used piano is worth buying?
           Why might someone choose to read a paper map rather than use a navigation app?
           Compose a lullaby about the moon and a sleepy fox.
           Pretend to be Leonardo da Vinci seeing a smartphone for the first time.
           Act as an experienced sommelier and guide me through my first tasting.
           As a mountain climber who just reached the summit, describe your feelings.
           Implement a queue using two stacks in Python and explain the complexity.
           Write a C++ program to find the n-th triangular number using recursion.
           Write a regular expression that matches dates in the form YYYY-MM-DD.
           How do I undo the last commit in git without losing my changes?
           Why am I getting a null reference exception in this snippet?\nvar user = repo.Find(id);\nConsole.WriteLine(user.Name);
           Explain the concept of opportunity cost with an example from daily life.
           What is the central limit theorem and why does it matter?
           What are the main differences between mitosis and meiosis?
           Describe the structure of an atom and how our picture of it changed over time.
           Provide insights into the connection between monetary policy and unemployment.
           What caused the fall of the Western Roman Empire? Discuss three factors.
           Discuss how antitrust law shapes competition between platforms.
           Write a one-page proposal for a community garden, including a budget.
           Turn the following notes into a polite email.\nnotes: meeting moved, thursday 3pm, bring slides, sorry
           Suggest alternative titles for my thesis chapter.\nChapter: Soil erosion in upland farms, 1950-1980
           Give this paragraph a friendlier tone.\nYour parcel could not be delivered. You must arrange a new date within five days or it will be returned.
           Write a caption for the photo described.\nPhoto: two kids sharing an ice cream on a bench by the beach
           List the ingredients you would need for the dish and the steps to cook it.\nDish: mushroom risotto
           Label the sentiment of the tweet as positive, neutral or negative.\nTweet: honestly the new update is growing on me
           Convert the temperature.\n72 F
           Which of these words does not belong with the rest?\napple, banana, hammer, cherry
           Generate five hashtags for the post.\nPost: we just opened our second bakery downtown!
           Come up with an analogy for the concept.\nConcept: recursion
           Given the name of a company, write what it does.\nCompany: Spotify
           Tell me whether the movie title is a comedy or a drama.\nTitle: The Grand Picnic
           Rate how formal this text is from one to five.\nYo, can you send me the doc asap? thx
           Correct the punctuation.\nlets eat grandma said the boy
           Here are some keywords. Write a product description with them.\nkeywords: waterproof, hiking, lightweight, red
           Add comments to this code.\ndef f(x): return x if x < 2 else f(x-1) + f(x-2)
           Write an sms to a dentist's patient reminding him of the appointment.\nName: Mr. Ortiz. Time: Monday, 9:15
           Make up a riddle whose answer is the object.\nobject: umbrella
           Create a study schedule for someone who has ten days until a chemistry final.
           Plan a picnic menu for twelve people, two of whom are vegan.
           Recommend a board game for a rainy afternoon with kids of six and nine.
           How would you explain gravity using only words a child knows?
           Fill in the table with the pros and cons of working night shifts.
           Write a tagline for a shop that repairs old radios.
           Give me an outline for a workshop on conflict resolution.
           Could you review my CV? I was a waiter for three years and want to move into sales.
           I feel overwhelmed at work. How do I talk to my manager about it?
           Help me come up with a bedtime story about a dragon who is afraid of fire.
           Rewrite the sentence in the style of Shakespeare: I forgot my keys again.
           Give me the lyrics of a short song about a train that never stops.
           Write dialogue for a scene in which two thieves discover they robbed the same house.
           What would Cleopatra think of modern elections?
           What's the best way to store fresh basil?
           Which laptop would you buy for editing videos under 1500 dollars?
           How do I politely decline a wedding invitation?
           Design a logo brief for a coffee brand inspired by the sea.
           Tell me a two sentence horror story.
           What are common mistakes of first time landlords?
           Explain the rules of cricket as if I were an alien.
           Provide a summary of the plot of Pride and Prejudice.
           How does GPS know where I am?
           Translate 'good night' into Japanese and explain the characters.
           Write HTML for a page with a button that changes the background colour.
           Find all the errors in this SQL and explain them.\nSELEC name FORM users WERE id = 3
           Who would win in a fight, a bear or a gorilla?
           Is it rude to leave a party without saying goodbye?
           Extract every phone number from the text.\nCall me at 555-0134 or, after six, at 555-0199.
           Sort these tasks by urgency: pay rent, water plants, renew passport, call grandma
           Determine whether the argument in this editorial is convincing and say why.
           List ten words that rhyme with light.
           Solve for x: 3x + 7 = 22
           What is the derivative of x squared times sine x?
           Calculate the tip for a bill of 48 dollars at 18 percent.
           How many ways can you arrange the letters of the word LEVEL?
           Prove that the square root of two is irrational.
           Write a thank-you speech for someone who won a local baking contest.
           Invent a holiday and describe how it is celebrated.
           What did the industrial revolution mean for children?
           Describe a scene in a crowded train station using only sounds.
           What should a beginner know before buying shares?
           Give tips for taking portraits in harsh sunlight.
           My toddler refuses to sleep alone. What can I do?
           Which exercises strengthen the lower back without equipment?
           Write a knock-knock joke for a science class.
           Explain what an API is to my grandfather.
           Compare the leadership styles of two famous generals.
           Make a packing checklist for a week of skiing.
           Write a fable whose moral is that patience pays.
           Someone dented my car and left. What are my options?
           Write a polite reply to the review below.\nReview: The room was clean but the breakfast was cold and nobody at the desk cared.
           """.Split('\n').Select(line => line.Replace("\\n", "\n", StringComparison.Ordinal)),
    ];
}
