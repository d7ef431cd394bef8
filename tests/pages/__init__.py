"""Pages and what each of them is, in Russian, Kazakh and English. All of them are made up.

`GOOD` pages are what was cited, although each has a sign that a careless rule takes for a wall; its name
is the lie that is refused. `BAD` pages are not what was cited, although each came with a friendly face.
"""

from __future__ import annotations

from tests.pages.answers import ANSWERS
from tests.pages.good import GOOD
from tests.pages.missing import MISSING
from tests.pages.social import SOCIAL
from tests.pages.walls import WALLS

BAD = WALLS + MISSING + ANSWERS + SOCIAL
CASES = GOOD + BAD
