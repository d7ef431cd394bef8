"""The vocabularies of the rehearsal web. Every person, organisation and event in them is invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """What stories in one language are made of.

    Sentences have the places ``{man}``, ``{woman}``, ``{city}``, ``{place}``, ``{date}`` and ``{n}``;
    the sentences of ``marks`` have ``{word}``, which no other page has.
    """

    men: tuple[str, ...]
    women: tuple[str, ...]
    cities: tuple[str, ...]
    places: tuple[str, ...]
    months: tuple[str, ...]
    titles: tuple[str, ...]
    sentences: tuple[str, ...]
    marks: tuple[str, ...]
    comments: tuple[str, ...]
    vowels: str
    consonants: str


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


RUSSIAN = Vocabulary(
    men=(
        "Сагидулла Тасжарган",
        "Нурлыхан Кобызбек",
        "Ермахан Алтынсака",
        "Виталий Подгорнев",
        "Дидар Шалкарбек",
    ),
    women=(
        "Айсулу Тасжарган",
        "Гульнур Кобызбек",
        "Лариса Подгорнева",
        "Меруерт Алтынсака",
        "Тамара Ивлеина",
    ),
    cities=(
        "Павлодар",
        "Актобе",
        "Уральск",
        "Шымкент",
        "Тараз",
        "Кокшетау",
        "Талдыкорган",
        "Жезказган",
        "Семей",
    ),
    places=(
        "городского акимата",
        "районного суда",
        "департамента полиции",
        "областной прокуратуры",
        "железобетонного завода",
        "управления образования",
    ),
    months=_months("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    titles=(
        "{city}: у здания {place} задержали участников пикета",
        "{man} заявил о давлении после мирного собрания",
        "Рабочие требуют повысить зарплату. Переговоры у {place}",
        "{woman} обжаловала отказ в согласовании митинга",
        "Жители города {city} просят отменить снос домов",
    ),
    sentences=(
        "Утром {date} в городе {city} у здания {place} собрались около {n} человек.",
        "Активист {man} рассказал, что накануне к нему домой приходил участковый и просил подписать бумагу.",
        "Правозащитница {woman} считает, что оснований для задержания не было, и обещает подать жалобу.",
        "Собравшиеся держали плакаты с требованием освободить тех, кого они называют политзаключёнными.",
        "Через сорок минут подъехали два микроавтобуса, и людей начали заводить в них по одному.",
        "По подсчётам очевидцев, в отдел полиции доставили не меньше {n} участников собрания.",
        "В пресс-службе ведомства на вопросы редакции к моменту публикации не ответили.",
        "Адвокат {man} добился встречи с подзащитным лишь поздно вечером.",
        "Суд рассмотрел дело за пятнадцать минут и назначил административный арест на {n} суток.",
        "Журналистка {woman} сообщила, что у неё потребовали удалить запись с телефона.",
        "Заявку на проведение митинга в сквере власти отклонили, сославшись на ремонт плитки.",
        "Рабочие остановили линию после того, как им в третий раз за год задержали премию.",
        "Директор предприятия {man} вышел к людям и попросил неделю на ответ.",
        "Родственники задержанных ждали у ворот до полуночи, им передали только тёплые вещи.",
        "По закону о мирных собраниях уведомление подают за пять рабочих дней.",
        "Мать четверых детей {woman} говорит, что семья живёт в недостроенном доме уже {n} месяцев.",
        "Прокурор попросил отложить заседание, потому что свидетели обвинения не явились.",
        "Наблюдатели из местной инициативной группы записали имена и номера машин.",
        "До этого похожее собрание прошло {date}, тогда обошлось без задержаний.",
        "Представитель акимата {man} назвал требования жителей преждевременными.",
        "Запись с места событий посмотрели больше {n} тысяч раз, прежде чем её убрали.",
        "Врач скорой помощи осмотрел двух пожилых женщин, от больницы они отказались.",
        "Редакция располагает копией постановления, в ней указана другая дата составления протокола.",
        "Соседи собрали деньги на штраф за один вечер и разошлись, договорившись встретиться снова.",
        "Жалобу в вышестоящий суд подали {date}, решения по ней пока нет.",
        "Глава фонда {woman} напомнила, что это уже {n}-й такой случай с начала года.",
    ),
    marks=(
        "В обращении эту улицу по-старому называют «{word}», и на картах такого названия больше нет.",
        "Между собой участники зовут свою группу словом «{word}», так она и записана в протоколе.",
        "На одном из плакатов было только одно слово: «{word}».",
    ),
    comments=(
        "Спасибо редакции, что не молчите.",
        "А что говорит сам начальник отдела?",
        "У нас в посёлке было то же самое, никто не написал.",
        "Держитесь, мы с вами!",
    ),
    vowels="аеиоуыэ",
    consonants="бвгдзклмнпрстфхцчш",
)

KAZAKH = Vocabulary(
    men=("Сағидолла Тасжарған", "Нұрлыхан Қобызбек", "Ермахан Алтынсақа", "Дидар Шалқарбек"),
    women=("Айсұлу Тасжарған", "Гүлнұр Қобызбек", "Меруерт Алтынсақа", "Күнсұлу Жезбұға"),
    cities=(
        "Павлодар",
        "Ақтөбе",
        "Орал",
        "Шымкент",
        "Тараз",
        "Көкшетау",
        "Талдықорған",
        "Жезқазған",
        "Семей",
    ),
    places=("қала әкімдігінің", "аудандық соттың", "полиция департаментінің", "облыс прокуратурасының"),
    months=_months("қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"),
    titles=(
        "{city}: {place} алдында жұрт жиналды",
        "{man} бейбіт жиыннан кейін қысым көргенін айтты",
        "Жұмысшылар жалақыны көтеруді талап етті",
        "{woman} рұқсат берілмеген митинг туралы шағым түсірді",
    ),
    sentences=(
        "{date} күні таңертең {city} қаласында {place} алдына {n} шақты адам жиналды.",
        "Белсенді {man} бір күн бұрын үйіне учаскелік полицей келіп, қағазға қол қоюды сұрағанын айтты.",
        "Құқық қорғаушы {woman} ұстауға негіз болған жоқ деп есептейді.",
        "Жиналғандар қолдарына плакат ұстап, қамаудағыларды босатуды талап етті.",
        "Қырық минуттан кейін екі шағын автобус келіп, адамдарды бір-бірлеп отырғыза бастады.",
        "Көзі көргендердің айтуынша, полиция бөліміне кемінде {n} адам жеткізілген.",
        "Баспасөз қызметі редакцияның сауалына мақала жарияланғанша жауап берген жоқ.",
        "Сот істі он бес минутта қарап, {n} тәулік қамақ жазасын тағайындады.",
        "Тілші {woman} одан телефонындағы жазбаны өшіруді талап еткенін хабарлады.",
        "Билік алаңда жөндеу жүріп жатыр деп, митинг өткізуге рұқсат бермеді.",
        "Жұмысшылар сыйақы биыл үшінші рет кешіктірілген соң жұмысты тоқтатты.",
        "Кәсіпорын басшысы {man} жұрттың алдына шығып, жауап беру үшін бір апта уақыт сұрады.",
        "Туыстары түн ортасына дейін қақпаның алдында күтті.",
        "Төрт баланың анасы {woman} салынып бітпеген үйде {n} ай тұрып жатқанын айтады.",
        "Бұған дейін мұндай жиын {date} күні өткен, ол кезде ешкім ұсталмаған.",
        "Әкімдік өкілі {man} тұрғындардың талабын ертерек деп атады.",
        "Көршілері айыппұлдың ақшасын бір кеште жинап берді.",
        "Жоғары тұрған сотқа шағым {date} күні берілді, әзірге шешім жоқ.",
    ),
    marks=(
        "Үндеуде бұл көше ескіше «{word}» деп аталады.",
        "Қатысушылар өз тобын «{word}» деп атайды, хаттамада да солай жазылған.",
        "Плакаттардың бірінде жалғыз сөз жазылған: «{word}».",
    ),
    comments=("Үндемегендеріңізге рақмет.", "Бізде де осындай болған.", "Бастығы не дейді екен?"),
    vowels="аеиоуыәөү",
    consonants="бгдзклмнпрстшқғң",
)

ENGLISH = Vocabulary(
    men=("Sagidulla Taszhargan", "Nurlykhan Kobyzbek", "Yermakhan Altynsaka", "Vitaly Podgornev"),
    women=("Aisulu Taszhargan", "Gulnur Kobyzbek", "Larisa Podgorneva", "Meruyert Altynsaka"),
    cities=("Pavlodar", "Aktobe", "Uralsk", "Shymkent", "Taraz", "Kokshetau", "Taldykorgan", "Semey"),
    places=(
        "the city akimat",
        "the district court",
        "the police department",
        "the regional prosecutor's office",
    ),
    months=_months("January February March April May June July August September October November December"),
    titles=(
        "Picketers detained in front of {place} in {city}",
        "{man} speaks of pressure after a peaceful assembly",
        "Workers in {city} stop the line over late pay",
        "{woman} appeals against the refusal of a rally",
    ),
    sentences=(
        "In the morning of {date} about {n} people gathered in {city} in front of {place}.",
        "The activist {man} said that an officer had come to his home the day before with a paper to sign.",
        "The human rights defender {woman} sees no ground for the detention and will file a complaint.",
        "The people held posters and asked for the release of those whom they call political prisoners.",
        "Forty minutes later two minibuses drove up and the people were led into them one by one.",
        "Eyewitnesses counted no fewer than {n} participants who were taken to the station.",
        "The press service had not answered our questions by the time of publication.",
        "The lawyer {man} was let in to his client only late in the evening.",
        "The court heard the case in fifteen minutes and ordered an arrest of {n} days.",
        "The reporter {woman} was told to delete a recording from her phone.",
        "The notification of a rally in the park was refused because of repairs to the paving.",
        "The workers stopped the line after their bonus had been late for the third time this year.",
        "The director {man} came out to the people and asked for a week to answer.",
        "Relatives waited at the gate until midnight and could pass on nothing but warm clothes.",
        "A mother of four, {woman} says that the family has lived in an unfinished house for {n} months.",
        "A similar gathering on {date} had ended without detentions.",
        "Neighbours collected the money for the fine in one evening.",
        "The appeal was filed on {date} and has not been decided.",
    ),
    marks=(
        "In the appeal the street still has its old name, {word}, which no map shows any more.",
        "Among themselves the participants call the group {word}, and so it stands in the minutes.",
        "One of the posters bore a single word: {word}.",
    ),
    comments=("Thank you for reporting this.", "It was the same in our village.", "What does the chief say?"),
    vowels="aeiou",
    consonants="bdfgklmnprstvz",
)

VOCABULARIES = {"ru": RUSSIAN, "kk": KAZAKH, "en": ENGLISH}
