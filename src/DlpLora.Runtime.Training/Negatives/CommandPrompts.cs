namespace DlpLora.Runtime.Training.Negatives;

/// <summary>Orders to a device or an assistant, and small talk.</summary>
internal static class CommandPrompts
{
    public const string Patterns =
        """
        turn on {device}
        turn off {device} {when}
        set {device} to {number} percent
        open {device}
        dim {device}
        pause {device}
        restart {device} please
        lower {device} a bit
        is {device} still on
        what's wrong with {device}
        disable {device} {when}
        schedule {device} for {when}
        set an alarm {when}
        wake me up {when}
        start a timer for {number} minutes
        stop the timer
        snooze for {number} minutes
        remind me to call {name} {when}
        remind me to buy {food} {when}
        remind me to take {a:thing} {when}
        text {name} that i will be late
        call {name}
        tell {name} i am on my way
        read my last message from {name}
        send {name} a picture of the {thing}
        video chat with {name} {when}
        did {name} call
        what is {name}'s number
        when is {name}'s birthday
        invite {name} to dinner {when}
        ask {name} what to bring {when}
        what is on {list} {when}
        add {food} to {list}
        add {a:thing} to {list}
        remove {food} from {list}
        clear {list}
        read me {list}
        is there anything on {list} for {when}
        share {list} with {name}
        book a table for {number} in {place} {when}
        find me a cheap flight to {place} {when}
        make a reservation at a hotel in {place} {when}
        rent a car in {place} {when}
        get me a taxi to the airport {when}
        order {food} for delivery
        order {a:thing} for me
        reorder {food}
        cancel my appointment {when}
        schedule a meeting with {name} {when}
        move my meeting to {when}
        how many meetings do i have {when}
        play some music for {topic}
        play the latest episode of {media}
        play something by {celebrity}
        skip this song
        add this song to my favorites
        what song is this
        turn the volume up to {number}
        show me the news about {topic}
        show me photos of {animal}s
        show me pictures from {place}
        find a good restaurant in {place}
        navigate to {business} in {place}
        take me home
        avoid the highway
        log {number} minutes of running
        how many steps did i walk {when}
        track my package with {a:thing}
        check the status of my order for {a:thing}
        look up the hours of {business}
        look up reviews of {business} in {place}
        search for {thing}s under {number} dollars
        compare prices for {thing}s
        find my phone
        take a selfie
        record a video
        save this page
        print the last document
        open the browser and look up {topic}
        flip a coin
        roll a die
        pick a number between one and {number}
        tell me a joke
        tell me a fun fact about {animal}s
        tell me a story about {a:animal} and {a:animal}
        tell me something interesting about {place}
        sing me a song about {food}
        make a sound like {a:animal}
        say something in spanish
        speak slower
        say that again
        change your voice
        change your name to {name}
        call me {name} from now on
        what did you say
        never mind
        stop talking
        good morning
        good night, sleep well
        thanks, that was helpful
        no, that's wrong
        yes please
        that's all for today
        hello there
        hey, are you there
        how are you doing
        how was your day
        nice to meet you
        i'm bored, what can we do {when}
        i am hungry
        i feel sad today
        i love {food}
        i don't understand
        i can't find my {thing}
        i just moved to {place}
        i need a hug
        i hate mondays
        my {body} hurts
        my {animal} is sick
        my {thing} broke again
        you are funny
        you're not very helpful
        i think {topic} is boring
        guess what i did today
        let's play a game
        let's talk about {topic}
        do you remember what i said about {topic}
        are you listening
        can we be friends
        where do you live
        who made you
        what can you do
        what's your name
        tell me about yourself
        have you ever been to {place}
        happy birthday to me
        wish me luck for {when}
        congratulate {name} on the new job
        translate hello into {number} languages
        donate {number} dollars to charity
        pay the water bill {when}
        transfer this call to {name}
        lock the front door
        warm up the car
        feed the {animal} {when}
        water the plants {when}
        find me {trade} in {place}
        get me tickets for {event}
        what's the score
        who's at the door
        is it going to rain {when}
        do i need a jacket {when}
        how hot will it be {when}
        how late are the buses {when}
        """;
}
