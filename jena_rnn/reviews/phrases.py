"""The words and sentences of made-up reviews; `sample` puts them together.

A word in capitals is a slot, filled from the list of that name. The first words of a list are the most frequent. Only
GOOD and BAD carry the label: a sentence of opinion takes its OPINION from one of them.
"""

LISTS = {
    "GOOD": "good great splendid wonderful funny beautiful superb brilliant moving charming gripping clever touching "
    "memorable delightful fresh likeable convincing stunning warm",
    "BAD": "bad boring dreadful terrible stupid dull poor weak predictable ridiculous lame flat clumsy tedious "
    "tiresome forgettable messy pointless shallow cheap",
    "ASPECT": "acting story plot script ending dialogue music cast direction camera humour pace editing photography "
    "atmosphere opening soundtrack lighting scenery finale",
    "KIND": "film movie picture thriller comedy drama western musical mystery documentary sequel remake romance "
    "adventure satire",
    "PERSON": "man woman girl boy doctor detective teacher soldier writer farmer singer lawyer sailor nurse pilot "
    "thief widow painter priest student baker judge clerk reporter dancer gambler hunter king butler tailor",
    "NAME": "john mary peter anna george helen frank clara henry rose walter alice victor ruth martin emma oscar nina "
    "arthur laura felix irene hugo vera edgar ingrid leo marta otto sylvia",
    "RELATIVE": "wife husband brother sister mother father friend daughter son cousin uncle neighbour aunt colleague",
    "PLACE": "city house village town hospital school castle train valley forest desert harbour prison farm hotel "
    "station theatre library palace mountain museum market cellar lighthouse monastery circus mine mill garden bridge",
    "THING": "letter gun car secret photograph dog diamond map book key horse knife piano clock ring painting suitcase "
    "telephone mirror coat ticket violin lamp bottle teapot necklace diary candle compass parrot",
    "DOES": "finds loses steals follows meets leaves remembers hides sells kills marries saves watches betrays buys "
    "paints breaks inherits forgets returns",
    "TIME": "night morning winter summer war storm party wedding funeral trial journey evening spring harvest strike",
    "WHEN": "yesterday recently once twice tonight lately",
    "DAY": "saturday sunday friday monday thursday wednesday tuesday",
    "NUMBER": "two three four five ten seven twenty twelve six eight",
    "DEGREE": "really very quite so rather simply truly utterly",
}

FILLERS = (
    "the film is about a PERSON who DOES a THING in a PLACE",
    "the story begins in a PLACE where NAME DOES the THING of a PERSON",
    "NAME FAMILY plays the PERSON and NAME FAMILY is the PERSON from the PLACE",
    "i saw this KIND on DAY with my RELATIVE and NUMBER of our friends",
    "there is a scene in the PLACE in which the PERSON DOES the THING",
    "it was made by NAME FAMILY who also wrote the book",
    "after the TIME the PERSON DOES NAME and they go to the PLACE",
    "i have not read the book but my RELATIVE has and told me about the TIME",
    "the director is NAME FAMILY and this was not his first KIND",
    "one TIME NAME DOES a THING and does not tell the PERSON",
    "we watched it at home WHEN and then again on DAY",
    "it takes about NUMBER minutes until the PERSON comes to the PLACE",
    "then the TIME comes and NAME DOES the PERSON",
    "my RELATIVE asked me who the PERSON with the THING was",
    "the PERSON and the PERSON spend the TIME in a PLACE near the PLACE",
    "it was shot in a PLACE with NUMBER cameras and not in a studio",
    "NAME does not know that the PERSON DOES the THING",
    "you may have seen NAME FAMILY in the KIND about the PLACE",
    "in the next scene they drive to the PLACE to look for the THING",
    "if you know the KIND from FAMILY you know what happens at the PLACE",
    "the THING belongs to NAME and the PERSON wants to have it before the TIME",
    "i was in a PLACE like this one as a child",
    "there are NUMBER scenes with a THING and NUMBER with a PERSON",
    "the rest of it is set in the PLACE during the TIME",
)

PLAIN = (
    "the ASPECT was OPINION",
    "the ASPECT is DEGREE OPINION",
    "i thought that the ASPECT was OPINION",
    "it has a OPINION ASPECT",
    "i found the ASPECT DEGREE OPINION",
    "what a OPINION ASPECT",
)

NEGATED = (
    "the ASPECT was not OPINION",
    "the ASPECT is not DEGREE OPINION",
    "i do not think that the ASPECT was OPINION",
    "it does not have a OPINION ASPECT",
    "i never found the ASPECT OPINION",
    "not a OPINION ASPECT at all",
)

VERDICTS = (
    "but all in all it is a OPINION KIND",
    "in the end i must say that this is a OPINION KIND",
    "overall i would call it OPINION",
    "my verdict is OPINION",
)

NAMED = {
    "ONSETS": "b br d f g gr h k l m n p r st t v w",
    "MIDDLES": "ar en il or un ast ell im ov",
    "ENDINGS": "son man er ley ton ini ski berg ova",
}
"""Parts of family names, which make rare words."""
