namespace DlpLora.Runtime.Training.Negatives;

/// <summary>What the slots of the prompts' patterns are filled with, by name. A value may hold slots itself.</summary>
internal static class PromptWords
{
    public static Dictionary<string, string[]> All { get; } = new(StringComparer.Ordinal)
    {
        ["thing"] = Split(
            """
            umbrella|ladder|kettle|mirror|pillow|suitcase|battery|toothbrush|backpack|candle|curtain|stapler|blanket|helmet|wallet|hammer|drill|printer|microwave|freezer
            dishwasher|toaster|lawn mower|chainsaw|telescope|microscope|thermometer|violin|drum kit|trumpet|harmonica|bicycle|scooter|skateboard|kayak|canoe|sailboat|tractor|pickup truck|minivan
            motorcycle|treadmill|yoga mat|dumbbell|tennis racket|golf club|fishing rod|surfboard|snowboard|sleeping bag|lantern|compass|pocket knife|sewing machine|zipper|button|belt|raincoat|scarf|sweater
            leather boots|sunglasses|wedding ring|necklace|wristwatch|alarm clock|smoke detector|doorbell|ceiling fan|radiator|water heater|chimney|gutter|garage door|window blind|bookshelf|sofa|rug|lampshade|picture frame
            houseplant|flower pot|bird feeder|fish tank|dog leash|litter box|stroller|crib|puzzle|board game|deck of cards|kite|balloon|trampoline|sandbox|swing set|projector|keyboard|router|hard drive
            graphics card|smart watch|tablet|e-reader|drone|vinyl record|camera lens|tripod|microphone|speaker|screwdriver|wrench|paint brush|glue gun|tape measure|wheelbarrow|rake|garden hose|shovel|axe
            """),
        ["animal"] = Split(
            """
            owl|hedgehog|penguin|dolphin|octopus|koala|giraffe|hamster|parrot|goldfish|turtle|rabbit|ferret|squirrel|raccoon|moose|camel|llama|goat|cow
            wolf|fox|bear|panda|tiger|cheetah|elephant|hippo|rhino|zebra|kangaroo|sloth|bat|shark|whale|jellyfish|crab|snail|spider|ant
            butterfly|moth|firefly|mosquito|frog|lizard|snake|crocodile|ostrich|peacock|crow|sparrow|pigeon|eagle|flamingo|golden retriever|poodle|siamese cat|guinea pig|horse
            """),
        ["food"] = Split(
            """
            lasagna|vegan curry|banana bread|sushi|pancakes|tomato soup|chicken tacos|apple pie|fried rice|sourdough|pot roast|hummus|omelettes|brownies|caesar salad|lentil stew|pizza dough|guacamole|risotto|gnocchi
            ramen|pad thai|paella|falafel|goulash|dumplings|meatballs|mashed potatoes|french toast|waffles|granola|yogurt|kimchi|sauerkraut|pickles|jam|honey|maple syrup|dark chocolate|cheesecake
            ice cream|popcorn|peanut butter|oatmeal|quinoa|tofu|salmon|shrimp|lobster|steak|bacon|turkey|ham|lamb chops|chickpeas|black beans|spinach|kale|broccoli|asparagus
            mushrooms|avocados|strawberries|blueberries|pineapple|mangoes|coconut milk|almonds|walnuts|garlic|ginger|cinnamon|basil|rosemary|olive oil|vinegar|soy sauce|mustard|mayonnaise|green tea
            espresso|lemonade|red wine|craft beer|iced coffee|hot chocolate|smoothies|orange juice|oat milk|cottage cheese
            """),
        ["place"] = Split(
            """
            Lisbon|Tokyo|Chicago|Nairobi|Berlin|Melbourne|Buenos Aires|Toronto|Mumbai|Seattle|Reykjavik|Cairo|Denver|Prague|Hanoi|Dublin|Miami|Istanbul|Vancouver|Oslo
            Lima|Seoul|Cape Town|Athens|Vienna|Boston|Portland|Austin|New Orleans|Honolulu|Bangkok|Singapore|Warsaw|Havana|Marrakesh|Glasgow|Zurich|Atlanta|Salt Lake City|Montreal
            Norway|Japan|Peru|Morocco|Iceland|New Zealand|Thailand|Greece|Portugal|Vietnam|Scotland|Costa Rica|Kenya|Canada|Mexico|Italy|India|Texas|Alaska|Hawaii
            """),
        ["person"] = Split(
            """
            my boss|my landlord|a new colleague|my grandmother|a customer|my neighbor|the whole team|a hiring manager|my best friend|the school principal|a supplier|my sister|an investor|our volunteers
            a journalist|my doctor|the hotel|my roommate|my teenage son|my daughter|my ex|my mother in law|a stranger|my professor|a potential client|the mayor|my pen pal|the babysitter|my running partner|a former coworker
            """),
        ["trade"] = Split(
            """
            a plumber|an electrician|a nurse|a pilot|a veterinarian|a software engineer|an architect|a librarian|a firefighter|a chef|a dentist|a lawyer|an accountant|a photographer|a kindergarten teacher|a truck driver
            a barista|a real estate agent|a data analyst|a carpenter|a lifeguard|a translator|a farmer|a tailor|a hairdresser|a physical therapist|a paramedic|a game designer|a park ranger|a flight attendant
            """),
        ["role"] = Split(
            """
            a pirate|a detective in old London|a grumpy wizard|an astronaut|a sports commentator|a medieval queen|a time traveler|a tour guide|a stand-up comedian|a philosopher|a retired sea captain|a robot from the future
            a job interviewer|a ghost in a library|a talking cat|a Roman senator|a mad scientist|a fairy tale princess|a war correspondent|a mountain guide|Sherlock Holmes|Albert Einstein|Queen Elizabeth|Genghis Khan|a vampire
            a lighthouse keeper|a street musician|a strict drill sergeant|a motivational coach|a jazz singer|an alien visitor|an old tree|a jealous toaster|a Viking|a fortune teller|a weather presenter|a radio host|a museum guard
            """),
        ["topic"] = Split(
            """
            the history of jazz|black holes|remote work|healthy sleep|electric cars|urban gardening|the stock market|ocean currents|machine learning|the Roman Empire|climate policy|mindfulness|space tourism|vaccines
            cryptocurrency|modern architecture|coffee roasting|the printing press|renewable energy|chess openings|inflation|public transport|dog training|online privacy|quantum computing|volcanoes|minimalism|team motivation
            time management|the water cycle|social media|wild mushrooms|film photography|freelancing|marathon training|the human brain|bees|recycling|the French Revolution|supply chains|plate tectonics|the immune system
            artificial intelligence|universal basic income|nuclear power|the Silk Road|impressionist painting|opera|hip hop|veganism|home schooling|student loans|gentrification|deep sea exploration|gene editing|antibiotics
            evolution|relativity|photosynthesis|the Great Depression|the Cold War|colonialism|democracy|free speech|feminism|capitalism|stoicism|Buddhism|existentialism|game theory|behavioral economics|advertising
            user interface design|database indexing|cyber security|cloud computing|open source software|video games|science fiction|poetry|haiku|Greek mythology|folk tales|theater|dance|knitting|woodworking|pottery|calligraphy
            bird watching|scuba diving|rock climbing|ballet|soccer tactics|baseball statistics|the Olympics|wine tasting|fermentation|nutrition|intermittent fasting|yoga|meditation|stress|anxiety|parenting|adoption|divorce|grief
            friendship|loneliness|leadership|negotiation|public speaking|job interviews|small talk|retirement planning|mortgages|insurance|taxes|charity|volunteering|tourism|immigration|language learning|memory|dreams|humor
            """),
        ["goal"] = Split(
            """
            learn the piano|lose weight|save money for a house|read more books|stop procrastinating|run a half marathon|start a podcast|make new friends|quit sugar|get a promotion|write a novel|sleep better|speak in public
            organize my closet|grow tomatoes|train my puppy|learn to swim|improve my handwriting|move to another country|change careers|pay off my debt|become a morning person|quit smoking|learn to code|build a website
            sell my car|find an apartment|plan a wedding|raise chickens|start a band|get into college|improve my credit score|fix my posture|meditate every day|cook more at home|wake up earlier|reduce my screen time
            stay focused while studying|remember names|deal with a difficult coworker|ask for a raise|get over a breakup|pack light|keep houseplants alive|take better photos|learn sign language|write a will|invest small amounts
            """),
        ["trouble"] = Split(
            """
            a sore throat|a squeaky door|ants in the kitchen|a slow computer|back pain|a wine stain on the carpet|hiccups|a clogged sink|dry skin|a flat tire|stage fright|a noisy neighbor|a broken zipper|mold in the bathroom
            jet lag|a wifi dead spot|a dead battery|a leaking faucet|a headache|a sprained ankle|mosquito bites|a sunburn|acne|insomnia|a toothache|a cracked phone screen|weeds in the lawn|squirrels in the attic|a foggy windshield
            a rusty pan|a stuck drawer|a running toilet|a tripped breaker|smelly shoes|static in my clothes|a wobbly table|a barking dog|fruit flies|a lost remote|spam calls|a blue screen|a frozen pipe|a scratched floor|hay fever
            """),
        ["when"] = Split(
            """
            tomorrow|on friday|next week|at six in the morning|this weekend|on march third|in two hours|tonight|on monday afternoon|in december|for the holidays|at noon|later today|next tuesday|at quarter past nine
            before lunch|in ten minutes|every weekday|on my birthday|after work|on new year's eve|at sunset|in the spring|next summer|on thanksgiving
            """),
        ["device"] = Split(
            """
            the living room lights|my alarm|the thermostat|the music|the tv|the garage door|bluetooth|the volume|the oven timer|the front door camera|the bedroom lamp|the vacuum robot|airplane mode|my phone|the sprinklers
            the coffee maker|the ceiling fan|the air conditioner|do not disturb|the screen brightness|the security system|the humidifier|my headphones|the flashlight|the porch light|the washing machine|notifications|the hot tub
            """),
        ["list"] = Split("my calendar|the shopping list|my to do list|my reminders|my wish list|my contacts|my notes|the grocery list|my playlist|my inbox|my workout log|my reading list"),
        ["language"] = Split("Python|JavaScript|C#|Rust|Java|Go|C++|TypeScript|Bash|Kotlin|PHP|Swift|Ruby|R|Haskell|Lua|MATLAB|HTML|CSS|PowerShell"),
        ["program"] = Split(
            """
            reverses a linked list|sorts an array|reads a csv file|sends an http request|finds prime numbers|parses a date|removes duplicates|counts characters in a string|connects to a database|renames all files in a folder
            checks for a palindrome|merges two dictionaries|computes the factorial of n|validates an email address|draws a triangle|plays tic tac toe|scrapes a web page|shuffles a deck of cards|converts roman numerals
            finds the longest common subsequence|implements binary search|traverses a binary tree|resizes images|logs errors to a file|generates a random password|solves a sudoku|encrypts a file|simulates a bank queue
            """),
        ["business"] = Split(
            """
            a bakery|a yoga studio|a software startup|a bookshop|a food truck|a pet hotel|a language school|a hair salon|a bike rental|a charity run|a gaming channel|an online flower store|a coffee cart|a tattoo parlor|a car wash
            a brewery|a daycare|a moving company|a photography studio|a board game cafe|a dental clinic|a landscaping firm|a thrift store|a dance academy|a travel blog|a sandwich shop|a co-working space|an escape room
            """),
        ["name"] = Split("sam|jenny|mom|dad|carlos|aunt rita|dr patel|olivia|uncle joe|mike|grandpa|my brother|sofia|the dentist|priya|lucas|emma|tyler|coach kim|mr lopez"),
        ["celebrity"] = Split(
            """
            the queen|the president of france|the prime minister|the pope|the richest man alive|the first woman in space|the inventor of the telephone|the author of the hobbit|the lead singer of that band|the ceo of that company
            the last emperor of china|the current world champion|the host of the show|the governor of texas|the actor who played the joker|the fastest runner|the winner of the election|shakespeare|mozart|picasso|napoleon|cleopatra
            marie curie|isaac newton|elvis|bruce lee|walt disney|houdini|gandhi|amelia earhart
            """),
        ["quantity"] = Split("how many calories|how much sugar|how much caffeine|how much protein|how many carbs|how much sodium|how much fat|how much fiber|how much iron|how many vitamins"),
        ["body"] = Split("heart|liver|skin|knee|stomach|lungs|eyes|teeth|hair|back|feet|kidneys|shoulder|brain|ears|nose|ankle|hip|spine|nails"),
        ["adjective"] = Split("big|fast|old|heavy|dangerous|expensive|smart|loud|long|tall|deep|strong|hot|common|popular|rare|deadly|healthy|cheap|famous"),
        ["superlative"] = Split("biggest|fastest|oldest|heaviest|most dangerous|most expensive|smartest|loudest|longest|tallest|deepest|strongest|hottest|most common|most popular|rarest|smallest|healthiest|cheapest|most famous"),
        ["kind"] = Split("river|mountain|building|bridge|desert|island|city|country|ocean|lake|volcano|planet|star|dinosaur|bird|fish|tree|flower|company|university|airport|stadium|museum|movie|book|song|painting|language|religion|sport"),
        ["event"] = Split("world war one|the super bowl|the oscars|the moon landing|the boston tea party|the olympics|the black plague|the fall of the berlin wall|daylight saving time|mardi gras|the civil war|tax day|the next eclipse|hanukkah|the renaissance|the world cup|ramadan|mother's day|the gold rush|prohibition|the industrial revolution|valentine's day"),
        ["media"] = Split("a sitcom|a podcast|a mystery novel|a nature documentary|a horror movie|a jazz album|a science fiction series|a musical|a comic book|a cooking show|a western|an animated movie|a true crime show|a romantic comedy"),
        ["number"] = Split("two|three|five|seven|ten|twelve|fifteen|twenty|thirty|fifty|a hundred|a thousand|eight|six"),
        ["unit"] = Split("cups|liters|miles|kilometers|pounds|ounces|inches|feet|dollars|euros|gallons|tablespoons|acres|yards|degrees|seconds|kilograms|meters"),
        ["style"] = Split("friendlier|more formal|shorter|funnier|more polite|more confident|simpler|more persuasive|less wordy|more vivid|warmer|clearer"),
        ["form"] = Split("a poem|a short story|a haiku|a limerick|a song|a rap verse|an essay|a blog post|a speech|a letter|a fairy tale|a monologue|a news article|a diary entry|a scene for a play|a tweet|a product description|a radio ad|a eulogy|a toast|an editorial|a movie review|a pamphlet|a fable"),
        ["message"] = Split(
            """
            Hi all, the meeting moved to three because the room was taken. Sorry for the short notice.|I can't make it on Saturday, my kids are sick and the car is in the shop.|The package arrived broken and nobody answers my calls. This is ridiculous!
            We loved our stay, the view was great, but the bed squeaked all night.|Your team did a fantastic job on the kitchen. We will tell all our friends.|pls send me the files asap, the client is waiting since yesterday|Congrats on the new job, we will miss you around here!
            The update broke the search page again and the app crashes when I log in.|Thanks for lunch, it was lovely to catch up after so long.|our store will be closed next week while we paint the walls|I have been a loyal customer for ten years and this is how you treat me?
            Sunny studio near the park, two minutes to the train, no pets, heating included.|The band came on late, but the last three songs were worth every minute.|We regret to inform you that your application was not successful this time.
            This phone lasts two days and takes sharp pictures, though it is heavy.|Join us for an evening of music, snacks and good company at the old mill.|he dont know where they was going but they goed anyway|Our revenue grew by nine percent while costs stayed flat.
            """),
        ["snippet"] = Split(
            """
            for i in range(10): print(i|function add(a, b) { return a - b; }|def mean(xs): return sum(xs) / len(x)|while (true) { counter++; }|let total = items.map(x => x.price).reduce((a, b) => a + b)|if x = 5: print("five")
            public int Next() => _values[_index++];|<div><p>Hello</div></p>|const user = await fetch("/api/user").json();|grep -r "error" logs | wc -l|fn main() { let v = vec![1, 2, 3]; println!("{}", v[3]); }|try { Load(); } catch { }
            """),
        ["words"] = Split("apple, chair, cloud, river|happy, sad, angry, calm|Paris, Rome, Vienna|hammer, nails, wood|waterproof, hiking, lightweight, red|dragon, library, midnight|organic, handmade, soap|train, letter, goodbye|coffee, laptop, rain|tiger, lion, leopard, sparrow"),
        ["figure"] = Split(
            """
            Charles Darwin|Ada Lovelace|Julius Caesar|Joan of Arc|Galileo Galilei|Catherine the Great|Simón Bolívar|Frida Kahlo|Mahatma Gandhi|Marco Polo|Florence Nightingale|Ludwig van Beethoven|Vincent van Gogh|Jane Austen|Aristotle
            Confucius|Saladin|Nelson Mandela|Rosa Parks|Thomas Edison|Nikola Tesla|Johannes Kepler|Alan Turing|Virginia Woolf|Leo Tolstoy|Christopher Columbus|Hannibal|Otto von Bismarck|Karl Marx|Sigmund Freud|Louis Pasteur|Henry Ford
            Abraham Lincoln|Eleanor Roosevelt|Charlie Chaplin|Audrey Hepburn|Muhammad Ali|Neil Armstrong|Martin Luther|Archimedes|Socrates|Attila the Hun|William the Conqueror|Benjamin Franklin|Claude Monet|Franz Kafka|Agatha Christie
            """),
        ["era"] = Split(
            """
            the Bronze Age|the Ottoman Empire|the Thirty Years' War|the Meiji Restoration|the Russian Revolution|the Ming Dynasty|the Crusades|the American Civil War|the Hundred Years' War|the Byzantine Empire|the Spanish Inquisition
            the Age of Discovery|the Weimar Republic|the Irish Famine|the Boer War|the Korean War|the Punic Wars|the Peasants' Revolt|the Prohibition|the Gold Rush|the Habsburg Monarchy|the Mughal Empire|the Inca Empire|the Iron Age
            the Napoleonic Wars|the Reformation|the Enlightenment|the Space Race|the Victorian era|the Vietnam War|the Suffragette movement|the Han Dynasty|the War of the Roses|the Dust Bowl|the Opium Wars|the Partition of India
            """),
        ["nation"] = Split(
            """
            Bolivia|Denmark|Mongolia|Ghana|Austria|Uruguay|Nepal|Tunisia|Ireland|Cambodia|Finland|Ecuador|Senegal|Hungary|Jamaica|Jordan|Estonia|Paraguay|Malaysia|Ethiopia|Belgium|Chile|Sri Lanka|Zambia|Poland|Panama|Lebanon|Croatia
            Madagascar|Sweden|Colombia|Pakistan|Algeria|Romania|Cuba|Indonesia|Uganda|Switzerland|Venezuela|Georgia|Namibia|Ukraine|Haiti|Yemen|Malta|Fiji|the Netherlands|the Philippines|South Africa|Saudi Arabia
            """),
        ["matter"] = Split(
            """
            osmosis|gravity|a black hole|radioactivity|the ozone layer|mitosis|an enzyme|entropy|a prime number|the food chain|diabetes|the nervous system|a supernova|static electricity|erosion|hibernation|a comet|natural selection|inertia
            a semiconductor|acid rain|a logarithm|momentum|malaria|the greenhouse effect|a hurricane|sedimentary rock|DNA|an isotope|pollination|the Doppler effect|a fault line|metabolism|a catalyst|sonar|chlorophyll|a solar eclipse
            permafrost|insulin|tuberculosis|a tsunami|symbiosis|the periodic table|a quark|stainless steel|a constitution|monopoly|a republic|federalism|a tariff|supply and demand|the gold standard|a sonnet|satire|the Renaissance fresco
            """),
        ["element"] = Split("iron|helium|mercury|gold|sodium|neon|titanium|uranium|carbon|zinc|silver|lead|tungsten|lithium|chlorine|phosphorus|copper|nickel|iodine|platinum"),
        ["work"] = Split(
            """
            Don Quixote|Macbeth|The Great Gatsby|War and Peace|Frankenstein|Dracula|The Lord of the Rings|Les Misérables|Alice in Wonderland|Treasure Island|Crime and Punishment|Romeo and Juliet|The Little Prince|Jurassic Park|Casablanca
            The Wizard of Oz|Wuthering Heights|Brave New World|The Jungle Book|Gulliver's Travels|The Iliad|Beowulf|Faust|The Magic Flute|Swan Lake|Star Wars|The Godfather|Jaws|Titanic|The Lion King|To Kill a Mockingbird|Little Women
            """),
        ["landmark"] = Split(
            """
            the Eiffel Tower|Stonehenge|the Taj Mahal|the Colosseum|the Brooklyn Bridge|Machu Picchu|the Panama Canal|the Hagia Sophia|Mount Rushmore|the Acropolis|Notre-Dame|the Sydney Opera House|the Alhambra|Angkor Wat|the Kremlin
            the Louvre|the Hoover Dam|Petra|the Channel Tunnel|the Golden Gate Bridge|the Vatican|Big Ben|the Sistine Chapel|Versailles|the Empire State Building|the Terracotta Army|Chichen Itza|the Brandenburg Gate
            """),
        ["instrument"] = Split("cello|flute|bagpipe|banjo|harp|clarinet|trombone|accordion|oboe|sitar|ukulele|organ|tuba|lute|xylophone|saxophone"),
        ["year"] = Split("1066|1215|1348|1492|1588|1666|1789|1812|1848|1865|1889|1901|1914|1929|1936|1945|1953|1968|1975|1984|1989|1994|1999|2004|2010|2016"),
    };

    private static string[] Split(string text) =>
        text.Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
