namespace DlpLora.Runtime.Training.Negatives;

/// <summary>Short questions as people type or say them to an assistant, most in small letters and without a mark.</summary>
internal static class QuestionPrompts
{
    public const string Patterns =
        """
        how do i clean {a:thing}
        where can i buy {a:thing} near {place}
        how much does {a:thing} cost
        who invented the {thing}
        when was the {thing} invented
        how does {a:thing} work
        what is {a:thing} made of
        how long does {a:thing} last
        what size {thing} do i need
        what's the best brand of {thing}
        can you take {a:thing} on a plane
        is {a:thing} worth the money
        how do you fix a broken {thing}
        what do you call a person who collects {thing}s
        why is my {thing} making a strange noise
        how heavy is the average {thing}
        where did i put my {thing}
        which {thing} should a beginner get
        is there a warranty on my {thing}
        what color {thing} goes with a gray wall
        how many {thing}s are sold each year
        do they sell {thing}s at costco
        how do i throw away an old {thing}
        what do {animal}s eat
        how long do {animal}s live
        how fast can {a:animal} run
        where do {animal}s sleep
        can {animal}s see in the dark
        why do {animal}s make that sound
        how many teeth does {a:animal} have
        are {animal}s endangered
        what is a group of {animal}s called
        is it legal to keep {a:animal} as a pet
        what's the scientific name of the {animal}
        how smart is {a:animal}
        do {animal}s mate for life
        which is bigger, {a:animal} or {a:animal}
        how do {animal}s communicate
        what is the lifespan of {a:animal}
        what's a cute name for {a:animal}
        are {animal}s related to {animal}s
        can {animal}s eat {food}
        {quantity} are in {food}
        {quantity} is there in {food}
        how long does {food} take in the oven
        what can i use instead of eggs in {food}
        is {food} healthy
        is {food} gluten free
        where does {food} come from
        how do you store {food}
        can you freeze {food}
        what wine goes with {food}
        how do i keep {food} from burning
        what's in {food}
        why does {food} smell like that
        what country eats the most {food}
        how do you say {food} in french
        who makes the best {food} in {place}
        is it safe to eat {food} when pregnant
        what goes well with {food}
        how spicy is {food}
        how long is {food} good for in the fridge
        what temperature do you cook {food} at
        what's the weather like in {place} {when}
        what time is it in {place}
        how far is {place} from {place}
        is there traffic on the way to {place}
        do i need a visa for {place}
        what's the population of {place}
        what language do they speak in {place}
        what movies are playing in {place} {when}
        when does the next train to {place} leave
        what is {place} known for
        is {place} safe at night
        how expensive is it to live in {place}
        what should i pack for {place}
        how long is the flight to {place}
        who founded {place}
        what's the minimum wage in {place}
        what plugs do they use in {place}
        what are the schools like in {place}
        what's the exchange rate in {place}
        are there sharks in the water near {place}
        which airport is closest to {place}
        how cold does it get in {place}
        how do people greet each other in {place}
        what side of the road do they drive on in {place}
        what's the crime rate in {place}
        what are some good neighborhoods in {place}
        who is the mayor of {place}
        is it raining in {place}
        can i drink the tap water in {place}
        what's the time difference between {place} and {place}
        what is the {superlative} {kind} in the world
        what's the {superlative} {kind} in {place}
        which {kind} is the {superlative}
        how {adjective} is the {superlative} {kind}
        name the {superlative} {kind} you know
        how {adjective} is {a:animal}
        where is the {superlative} {kind}
        how many {kind}s are there in {place}
        who discovered the {superlative} {kind}
        how old is {celebrity}
        where was {celebrity} born
        what is {celebrity} famous for
        who is {celebrity}
        how tall is {celebrity}
        is {celebrity} still alive
        who is {celebrity} married to
        what was {celebrity}'s real name
        how rich is {celebrity}
        where did {celebrity} go to school
        how did {celebrity} die
        when is {event}
        what year was {event}
        who started {event}
        why is {event} important
        what happened during {event}
        who won {event}
        how long did {event} last
        how do people celebrate {event}
        where is {event} being held
        what does {trade} earn
        how do i become {trade}
        what does {trade} do all day
        how many hours does {trade} work
        is it hard to become {trade}
        do i need a degree to be {trade}
        where can i find {trade} in {place}
        what tools does {trade} need
        what do i ask {trade}
        how do i fix {trouble}
        what helps against {trouble}
        what causes {trouble}
        should i worry about {trouble}
        how long does {trouble} last
        is {trouble} covered by insurance
        who should i call about {trouble}
        how do i get rid of {trouble}
        why do i have {trouble}
        what do i do with {trouble}
        how can i {goal}
        what's the fastest way to {goal}
        is it too late to {goal}
        how long does it take to {goal}
        what do i need to {goal}
        is there an app to {goal}
        why is it so hard to {goal}
        how much does it cost to {goal}
        what does the {body} do
        why does my {body} hurt
        how can i keep my {body} healthy
        how big is the human {body}
        what doctor do i see for my {body}
        what foods are good for the {body}
        can you live without your {body}
        how many {unit} are in {number} {unit}
        how many {unit} is {number} {unit}
        convert {number} {unit} to {unit}
        what is {number} plus {number} times {number}
        what's {number} percent of {number} {unit}
        how many {unit} of {food} do i need for {number} people
        what's a good {media} for teenagers
        can you recommend {media}
        who directed that {kind} movie
        what is the top selling {media} this year
        what's the name of that song in the {thing} commercial
        what channel is {event} on
        what did people use before {thing}s
        what does {topic} mean
        when did {topic} become popular
        who came up with {topic}
        is {topic} a good thing
        where can i read about {topic}
        what's new in {topic}
        why do people care about {topic}
        are there classes on {topic} in {place}
        what is the definition of {topic}
        how did {topic} start
        who is an expert on {topic}
        what is the meaning of life
        are you a real person
        what's your favorite color
        do you have any pets
        how old are you
        what are you doing right now
        can you tell me a joke about {a:animal}
        do you know any riddles
        do you like {food}
        what are your hobbies
        who do you work for
        can you sing
        do you believe in ghosts
        what do you think of me
        will i ever be happy
        why is the sky blue
        how far away is the moon
        what are clouds made of
        how deep is the ocean
        how do magnets work
        why do leaves change color
        what causes thunder
        how many bones does a human have
        what is the speed of light
        how do planes stay in the air
        why is the ocean salty
        what makes a diamond shine
        who was the first man on the moon
        what is the square root of {number}
        what do the stripes on the flag stand for
        how do i get a passport
        how do i register to vote
        how do i change my address
        what are the rules of {topic}
        what day of the week is christmas this year
        how long until {event}
        what's the stock price of {business}
        are there any sales at the mall
        how is the surf in {place}
        what gas station is the cheapest around here
        how much should i tip {trade}
        can my employer make me work {when}
        what documents do i need to {goal}
        what happens if i don't pay my taxes
        what's the speed limit on the highway
        how often should i change my oil
        where's the nearest {kind}
        what is a good credit score
        what is a good present for {person}
        what is a synonym for {adjective}
        how do you spell {food}
        what rhymes with {thing}
        what's the opposite of {adjective}
        how do you pronounce {place}
        what is the plural of {animal}
        what's the origin of the word {thing}
        how do you play {topic}
        how many players are on a team
        which team is leading the league
        who scored last night
        when is the next game
        what time does the {business} open
        is the {kind} open on sundays
        how late is {business} open
        do they take walk-ins at {business}
        what's the phone number of {business} in {place}
        how many employees does {business} have
        who owns {business}
        can i return {a:thing} without a receipt
        how do i track my package
        how do i reset my {thing}
        why won't my {thing} turn on
        how do i update my {thing}
        what does this error on my {thing} mean
        why is the internet so slow
        how do i take a screenshot
        how do i block a number
        how do i delete my account
        what is the best free antivirus
        """;
}
