# The charter in English. Every other language has the same messages with the same variables.

federation-name = The federation is called { $name }.
federation-time-zone = Times are shown as in { $zone }; deadlines are reckoned in UTC.
federation-languages = Its languages are { $languages }, the first being the default.
federation-branches = { $classification ->
    [ISIC-4] Branches are classed by ISIC Rev. 4.
   *[own] Branches are classed by the federation's own classification.
 }
founding-commission-term = The founding commission may act for organs that have not been elected, for { $period } after the founding.
members-cut-off = Entitled to vote is who was on the roll { $period } before the vote was called.
members-arrears = Members in arrears may { $rights }.
members-suspended = Suspended members may { $rights }.
members-organisations = { $admitted ->
    [yes] Organisations may be members beside persons, with one vote each.
   *[no] Only persons may be members.
 }
record-retention = Nothing attached to the record is erased before it is { $period } old, and no entry ever.

right-vote = vote
right-stand = stand for seats and posts
right-sign = sign
right-none = neither vote nor stand nor sign

level-all = { $level } is one assembly for the whole federation.
level-groups = There is one assembly of the level { $level } for each { $columns }.
column-workplace = workplace
column-branch = { $depth ->
    [section] section of the branches
    [division] division of the branches
    [group] group of the branches
   *[class] class of the branches
 }
level-of-members = The members themselves form it.
level-elected-by = Its delegates are elected by { $levels }.
level-share = { $level } (share { $share })
level-seats-total = It has { $seats ->
    [one] one seat
   *[other] { $seats } seats
 }, shared out by { $method } among those who elect, at least { $minimum } each{ $maximum ->
    [none] .
   *[other] {" "}and at most { $maximum }.
 }
level-seats-per = It has one seat for { $members ->
    [one] one member
   *[other] { $members } members
 }, rounded { $round ->
    [up] up
    [down] down
   *[nearest] to the nearest
 }, shared out by { $method } among those who elect, at least { $minimum } each{ $maximum ->
    [none] .
   *[other] {" "}and at most { $maximum }.
 }
election = Elections are counted by { $rule } from { $ballot ->
    [open] open ballots
    [box] ballots in a box
   *[secret] encrypted ballots that anyone can verify
 }, stay open for at least { $period }, and a nomination needs { $signatures ->
    [one] one signature
   *[other] { $signatures } signatures
 }.
term = A term lasts { $period }{ $terms ->
    [none] .
    [one] , and nobody serves two in a row.
   *[other] , and nobody serves more than { $terms } in a row.
 }
substitutes = A vacancy is filled { $way ->
    [countback] by counting the same ballots again without the one who left
    [runners-up] by the next in the order of the count
   *[by-election] by a new election
 }.
recall = Recall is asked for by { $petition } of those who elected, and decided by { $majority } when { $quorum } of them vote{ $ballot ->
    [secret] , with encrypted ballots that anyone can verify.
   *[box] .
 }
meeting = A meeting is called at least { $notice } ahead, decides while { $quorum } of those entitled are present, and can be called by { $petition } of them without any officer.
proxies = { $number ->
    [one] Each person present may speak for one absent one.
   *[other] Each person present may speak for { $number } absent ones.
 }
level-single = It is made even where a single assembly elects it.
on-closing = A delegate whose workplace closes { $way ->
    [go] leaves at once, and the substitute takes the seat.
   *[sit-out] sits out the term.
 }

organ-posts = “{ $organ }” is elected by { $assemblies } and has { $elected ->
    [one] one elected post
   *[other] { $elected } elected posts
 }{ $appointed ->
    [0] {" "}and no appointed one.
    [one] {" "}and one appointed by { $by }.
   *[other] {" "}and { $appointed } appointed by { $by }.
 }
organ-each = each assembly of the level { $level }
organ-duties = It may { $duties }.
duty-convene = convene meetings and call elections
duty-chair = chair
duty-tell = count votes
duty-roll = keep the rolls
duty-plan = draw up plans
duty-report = report for workplaces
duty-none = act in nothing on its own
organ-pay-ceiling = Nobody in it is paid more than: { $ceiling }.
transition-first = Its management begins with the step “{ $step }”: { $elected } elected and { $appointed } appointed.
transition-step = The step “{ $step }”, with { $elected } elected and { $appointed } appointed, follows by a vote of the assembly { $criteria }.
transition-free = at any time
transition-once = once { $criteria }
criterion-lasted = the step before has lasted { $period }
criterion-meetings = the assembly has met with a quorum { $number ->
    [one] once
   *[other] { $number } times
 }
criterion-reported = { $share } of its workplaces' mandates were reported on
criterion-turnout = { $share } took part in its last election

motion = A motion of the kind “{ $kind }” needs { $signatures ->
    [one] one signature
   *[other] { $signatures } signatures
 }, is voted on no earlier than { $notice } after filing, { $vote ->
    [hand] by show of hands
    [card] by card
   *[roll-call] by roll call
 }, and is adopted by { $majority }.
motion-levels = It is decided at { $levels }.
motion-quorum = For it { $quorum } of those entitled must be present.
motion-circulate-to = It is circulated to all of { $levels }.
motion-cannot-be = No decision can strike it out or ban it.
motion-effect = { $effect ->
    [theses] It is a platform's text and open for signatures in the whole federation.
    [charter] It changes the charter, except entrenched articles.
    [entrenched] It changes entrenched articles, when the members agree to it.
    [transition] It takes the next step of an organ's transition.
   *[resolution] It stands as a resolution.
 }

platform = Every platform with its signatures has { $pages ->
    [one] one page
   *[other] { $pages } pages
 } in the circulars and { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 } to speak, and is heard by { $level } before any is voted on.
forwarding = A motion sent up or down is answered within { $period }.
plan-tiers = Needs are served in the order { $tiers }.
plan-bodies = Needs are stated by { $needs }, proposals made by { $proposals }, and the plan is decided by { $decided }.
plan-rounds = There { $rounds ->
    [one] is one round
   *[other] are at most { $rounds } rounds
 } of proposals, and a variant is at most { $gap } from the best possible.
plan-variants = At least { $variants ->
    [one] one variant is
   *[other] { $variants } variants are
 } put to the vote, counted by { $rule }.
plan-deviation = A report { $share } or more under its mandate has missed it.
entrenched-articles = No ordinary majority can change: { $articles }.
entrenched-change = To change one of them, the members are asked: it needs { $majority }, and a majority in { $workplaces } of the workplaces.

majority-cast = { $strict ->
    [yes] more than { $share }
   *[no] at least { $share }
 } of the votes cast
majority-present = { $strict ->
    [yes] more than { $share }
   *[no] at least { $share }
 } of those present
majority-entitled = { $strict ->
    [yes] more than { $share }
   *[no] at least { $share }
 } of those entitled

years = { $number ->
    [one] one year
   *[other] { $number } years
 }
months = { $number ->
    [one] one month
   *[other] { $number } months
 }
weeks = { $number ->
    [one] one week
   *[other] { $number } weeks
 }
days = { $number ->
    [one] one day
   *[other] { $number } days
 }
hours = { $number ->
    [one] one hour
   *[other] { $number } hours
 }
minutes = { $number ->
    [one] one minute
   *[other] { $number } minutes
 }
seconds = { $number ->
    [one] one second
   *[other] { $number } seconds
 }
no-time = no time
named = “{ $title }”
and = and
