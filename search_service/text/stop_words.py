"""Words of two letters and more too common to begin or end a key phrase, per indexed language.

It is no stemmer's list: PostgreSQL drops its own stop words when it indexes.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "en": """
about above after again against all almost also although always am an and another any anyone
anything are aren't around as at away back be became because been before being below best better
between both but by came can can't cannot come could couldn't did didn't do does doesn't doing
don't done down during each either else enough etc even ever every everyone everything few first
for from full further get gets getting give given gives go goes going good got great had hasn't
has have haven't having he help helps her here hers herself high him himself his how however i'm
i've if in instead into is isn't it its itself just keep know last least less let like likely made
make makes making many may me might more most much must my myself need needs neither never new
next no nobody none nor not nothing now of off often on once one only onto or other others our
ours ourselves out over own per please put quite rather really same see seen several shall she
should shouldn't show shown since so some someone something soon still such take taken takes than
that the their theirs them themselves then there therefore these they they're they've thing things
this those though three through thus to today together too took toward towards two under until up
upon us use used uses using very via want was wasn't way ways we we'll we're we've well were
weren't what when where whether which while who whole whom whose why will with within without
won't would wouldn't yes yet you you'll you're you've your yours yourself
""",
        "fr": """
ai ainsi alors après as assez au aucun aucune aujourd'hui aura auraient aurait auront aussi autre
autres aux avaient avait avant avec avez avoir avons ayant bien car ce ceci cela celle celles
celui cependant ces cet cette ceux chaque chez ci comme comment contre dans de depuis derrière des
dès deux devant doit doivent donc dont du durant elle elles en encore enfin entre est et étaient
était étant été être eu eux fait faire faut font grâce hors ici il ils je jusqu'à la là le les
leur leurs lors lorsque lui ma mais malgré me même mêmes mes mieux moins mon ne ni non nos
notamment notre nôtre nous on ont ou où par parce parmi pas pendant peu peut peuvent plus
plusieurs plutôt pour pourquoi pouvez près puis quand que quel quelle quelles quelque quelques
quels qui quoi sa sans se selon sera seraient serait seront ses si sinon soit son sont sous
souvent suis sur ta tandis te tel telle telles tels tes toi ton toujours tous tout toute toutes
très trop tu un une vers voici voilà vos votre vôtre vous
""",
        "de": """
ab aber alle allem allen aller alles als also am an andere anderem anderen anderer anderes anders
auch auf aus bei beim bereits bis bisher da dabei dadurch dafür daher damit danach daran darauf
darin darum darüber das dass davon dazu dein deine dem den denen denn dennoch der deren des
deshalb dessen die dies diese diesem diesen dieser dieses dir doch dort du durch dürfen ein eine
einem einen einer eines einige einigen einiger einiges einmal er erst es etwa etwas euch euer eure
falls für ganz gar gegen gibt hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen
ihr ihre ihrem ihren ihrer ihres im immer in indem ins ist ja je jede jedem jeden jeder jedes
jedoch jene jenem jenen jener jenes jetzt kann kein keine keinem keinen keiner können könnte
konnte machen man mehr mein meine meinem meinen meiner meist mich mir mit muss müssen nach nachdem
neben nein nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit
selbst sich sie sind so sobald sodass solche solchem solchen solcher soll sollen sollte sollten
sondern sonst sowie sowohl statt über um und uns unser unsere unserem unseren unserer unter viel
viele vielen vom von vor wann war waren warum was weder weil weiter weitere weiteren welche
welchem welchen welcher welches wenn wer werde werden wie wieder will wir wird wo wobei wurde
wurden während würde würden zu zum zur zwar zwischen
""",
        "es": """
acá ahí al algo alguna algunas alguno algunos allí ambos ante antes aquel aquella aquellas
aquellos aquí así aún aunque bajo bien cada casi como cómo con conmigo contra cual cuál cuales
cualquier cualquiera cuando cuándo cuanto cuyo cuya de debe deben del demás desde después donde
dónde dos durante el él ella ellas ello ellos en entonces entre era eran eres es esa esas ese eso
esos esta está estaba estaban estado estamos están estar estas este esto estos estoy fue fueron
fui gracias ha había habían haber hace hacen hacer hacia haciendo han hasta hay he hemos incluso
la las le les lo los luego más me mediante mejor menos mi mí mis mientras misma mismas mismo
mismos mucha muchas mucho muchos muy nada ni ningún ninguna no nos nosotros nuestra nuestras
nuestro nuestros nunca os otra otras otro otros para pero poco por porque pues puede pueden que
qué quien quién quienes se sea sean según ser será serán si sí sido siempre sin sino sobre sois
solo sólo somos son soy su sus también tampoco tan tanto te tener tenemos tiene tienen toda todas
todavía todo todos tras tu tú tus un una unas uno unos usted ustedes va vamos van vez ya yo
""",
        "it": """
abbia abbiamo ad agli ai al alcun alcuna alcune alcuni all alla alle allo allora altra altre altri
altro anche ancora anzi appena avanti avendo avere aveva avevano avete bene che chi ci ciascun
ciascuna ciascuno ciò coi col come con contro cosa così cui da dagli dai dal dall dalla dalle
dallo de degli dei del dell della delle dello dentro deve devono di dopo dove due dunque durante
ed egli ella era erano esse essere essi fa fanno fare fino fra già gli grazie ha hai hanno ho il
in infatti inoltre insieme io la le lei li lo loro lui ma mai me meglio meno mentre mi mia mie
miei mio molta molte molti molto ne negli nei nel nell nella nelle nello nessun nessuna nessuno no
noi non nostra nostre nostri nostro ogni oggi ognuno oltre oppure ora per perché perciò però più
poco poi possono presso prima proprio può qual quale quali qualche qualcosa quando quanta quante
quanti quanto quasi quella quelle quelli quello questa queste questi questo qui quindi sarà
saranno se secondo sei sempre senza si sì sia siamo siano siete solo sono sopra sotto stata state
stati stato su sua sue sugli sui sul sull sulla sulle sullo suo suoi tale tali tanto te ti tra
tramite troppo tu tua tue tuo tuoi tutta tutte tutti tutto un una uno verso vi voi vostra vostre
vostri vostro
""",
        "nl": """
aan achter af al alle alleen alles als altijd ander andere anders beide ben bij binnen boven daar
daarbij daarom daarvan dan dat de den der deze die dit doch doen door dus dwz een één eens en
enige enkele er erg ervan etc even ge geen geweest haar had hadden heb hebben hebt heeft heel hem
hen het hier hierbij hij hoe hun iedere ieder iedereen iemand iets ik in indien inmiddels is ja je
jij jou jouw jullie kan komen kon konden kunnen kunt langs maar mag me meer men met mij mijn
minder misschien moet moeten mogen na naar naast nadat nee net niemand niet niets nog nu of om
omdat onder ons onze ook op over pas per reeds sinds slechts steeds te tegen ten ter terwijl
tijdens toch toe toen tot totdat tussen uit uw vaak van vanaf vanuit veel verder via vol volgens
voor voordat vooral vrij waar waarbij waardoor waarin waarom waarop waarvan wanneer want waren was
wat we weer wel welk welke werd werden wie wij wil willen word worden wordt zal ze zelf zelfs zich
zij zijn zo zoals zodat zodra zonder zou zouden zowel zullen
""",
        "pt": """
ao aos aquela aquelas aquele aqueles aqui aquilo as às assim até através bem cada com como contra
da dá das de dela delas dele deles depois desde dessa dessas desse desses desta destas deste
destes deve devem disso disto do dois dos durante ela elas ele eles em enquanto então entre era
eram essa essas esse esses esta está estamos estão estar estas estava estavam este esteja estes
estou eu fazer foi for foram fosse há hoje isso isto já la lá lhe lhes lo logo mais mas me
mediante melhor menos mesma mesmas mesmo mesmos meu meus minha minhas muita muitas muito muitos na
nada não nas nem nenhum nenhuma nessa nesse nesta neste no nos nós nossa nossas nosso nossos num
numa nunca onde os ou outra outras outro outros para pela pelas pelo pelos perante pode podem pois
por porém porque pouco qual quais qualquer quando quanto quase que quê quem são se segundo seja
sejam sem sempre sendo ser será serão seu seus si sido sob sobre sua suas só também tão tal tanto
te tem têm temos tendo ter teu teve tinha toda todas todo todos tu tua tudo um uma umas uns vai
vão você vocês vos
""",
    }
)


@lru_cache(maxsize=16)
def stop_words(language: str) -> frozenset[str]:
    """Return the lower-case stop words of an ISO code; for an unknown one those of all seven."""
    if language in _LISTS:
        return frozenset(_LISTS[language].split())
    return frozenset(word for words in _LISTS.values() for word in words.split())
