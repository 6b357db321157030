# Los estatutos en español: los mismos mensajes que en inglés, con las mismas variables.

federation-name = La federación se llama { $name }.
federation-time-zone = Las horas se muestran como en { $zone }; los plazos se cuentan en UTC.
federation-languages = Sus lenguas son { $languages }; la primera se usa por defecto.
federation-branches = { $classification ->
    [ISIC-4] Los ramos se clasifican según la CIIU Rev. 4.
   *[own] Los ramos se clasifican según la clasificación propia de la federación.
 }
founding-commission-term = La comisión fundadora puede actuar por los órganos aún no elegidos durante { $period } desde la fundación.
members-cut-off = Tiene voto quien figuraba en el registro { $period } antes de convocarse la votación.
members-arrears = Los miembros con cuotas pendientes pueden { $rights }.
members-suspended = Los miembros suspendidos pueden { $rights }.
members-organisations = { $admitted ->
    [yes] Además de personas puede haber organizaciones miembros, con un voto cada una.
   *[no] Solo las personas pueden ser miembros.
 }
record-retention = Nada de lo adjunto al registro se borra antes de { $period }, y ningún asiento se borra nunca.

right-vote = votar
right-stand = presentarse a puestos y delegaciones
right-sign = firmar
right-none = ni votar ni presentarse ni firmar

level-all = { $level } es una sola asamblea para toda la federación.
level-groups = En el nivel { $level } hay una asamblea por cada { $columns }.
column-workplace = centro de trabajo
column-branch = { $depth ->
    [section] sección de los ramos
    [division] división de los ramos
    [group] grupo de los ramos
   *[class] clase de los ramos
 }
level-of-members = La forman los propios miembros.
level-elected-by = Eligen a sus delegados: { $levels }.
level-share = { $level } (cuota { $share })
level-seats-total = Tiene { $seats ->
    [one] un puesto, repartido
   *[other] { $seats } puestos, repartidos
 } por el método { $method } entre quienes eligen, al menos { $minimum } cada uno{ $maximum ->
    [none] .
   *[other] {" "}y a lo sumo { $maximum }.
 }
level-seats-per = Tiene un puesto por cada { $members ->
    [one] miembro
   *[other] { $members } miembros
 }, con redondeo { $round ->
    [up] hacia arriba
    [down] hacia abajo
   *[nearest] al más próximo
 }, repartidos por el método { $method } entre quienes eligen, al menos { $minimum } cada uno{ $maximum ->
    [none] .
   *[other] {" "}y a lo sumo { $maximum }.
 }
election = Las elecciones se escrutan por { $rule } con { $ballot ->
    [open] papeletas abiertas
    [box] papeletas en urna
   *[secret] papeletas cifradas que cualquiera puede verificar
 }, duran al menos { $period }, y una candidatura necesita { $signatures ->
    [one] una firma
   *[other] { $signatures } firmas
 }.
term = El mandato dura { $period }{ $terms ->
    [none] .
    [one] , y nadie ejerce dos seguidos.
   *[other] , y nadie ejerce más de { $terms } seguidos.
 }
substitutes = Una vacante se cubre { $way ->
    [countback] volviendo a contar las mismas papeletas sin quien se fue
    [runners-up] con el siguiente en el orden del escrutinio
   *[by-election] con una nueva elección
 }.
recall = La revocación la pide { $petition } de quienes eligieron, y la decide { $majority } si vota { $quorum } de ellos{ $ballot ->
    [secret] , con papeletas cifradas que cualquiera puede verificar.
   *[box] .
 }
meeting = La reunión se convoca con al menos { $notice } de antelación, decide mientras esté presente { $quorum } de quienes tienen derecho, y puede convocarla { $petition } de ellos sin cargo alguno.
proxies = { $number ->
    [one] Cada presente puede representar a un ausente.
   *[other] Cada presente puede representar a { $number } ausentes.
 }
level-single = Se forma aunque la elija una sola asamblea.
on-closing = El delegado cuyo centro de trabajo cierra { $way ->
    [go] cesa de inmediato, y el suplente ocupa el puesto.
   *[sit-out] termina su mandato.
 }

organ-posts = «{ $organ }»: lo elige { $assemblies } y tiene { $elected ->
    [one] un puesto elegido
   *[other] { $elected } puestos elegidos
 }{ $appointed ->
    [0] {" "}y ninguno designado.
    [one] {" "}y uno designado por { $by }.
   *[other] {" "}y { $appointed } designados por { $by }.
 }
organ-each = cada asamblea del nivel { $level }
organ-duties = Puede { $duties }.
duty-convene = convocar reuniones y elecciones
duty-chair = presidir
duty-tell = contar votos
duty-roll = llevar los registros
duty-plan = preparar planes
duty-report = dar cuenta por los centros de trabajo
duty-none = no actuar en nada por sí solo
organ-pay-ceiling = Nadie en él cobra más que: { $ceiling }.
transition-first = Su dirección empieza con el paso «{ $step }»: { $elected } elegidos y { $appointed } designados.
transition-step = El paso «{ $step }», con { $elected } elegidos y { $appointed } designados, sigue por votación de la asamblea { $criteria }.
transition-free = en cualquier momento
transition-once = cuando { $criteria }
criterion-lasted = el paso anterior haya durado { $period }
criterion-meetings = la asamblea se haya reunido con quórum { $number ->
    [one] una vez
   *[other] { $number } veces
 }
criterion-reported = se haya informado sobre { $share } de los mandatos de sus centros de trabajo
criterion-turnout = haya participado { $share } en su última elección

motion = Una moción de la clase «{ $kind }» necesita { $signatures ->
    [one] una firma
   *[other] { $signatures } firmas
 }, se vota no antes de { $notice } desde su presentación, { $vote ->
    [hand] a mano alzada
    [card] con tarjeta
   *[roll-call] nominalmente
 }, y se aprueba con { $majority }.
motion-levels = Se decide en { $levels }.
motion-quorum = Para ella debe estar presente { $quorum } de quienes tienen derecho.
motion-circulate-to = Se hace llegar a todos en { $levels }.
motion-cannot-be = Ninguna decisión puede tacharla ni prohibirla.
motion-effect = { $effect ->
    [theses] Es el texto de una plataforma, abierto a firmas en toda la federación.
    [charter] Cambia los estatutos, salvo los artículos blindados.
    [entrenched] Cambia artículos blindados, si los miembros lo acuerdan.
    [transition] Da el paso siguiente en la transición de un órgano.
   *[resolution] Vale como resolución.
 }

platform = Toda plataforma con sus firmas tiene { $pages ->
    [one] una página
   *[other] { $pages } páginas
 } en las circulares y { $minutes ->
    [one] un minuto
   *[other] { $minutes } minutos
 } de palabra, y la oye { $level } antes de votar ninguna.
forwarding = Una moción enviada hacia arriba o hacia abajo se contesta en { $period }.
plan-tiers = Las necesidades se atienden en el orden { $tiers }.
plan-bodies = Declaran las necesidades { $needs }, hacen propuestas { $proposals }, y decide el plan { $decided }.
plan-rounds = Hay { $rounds ->
    [one] una ronda
   *[other] a lo sumo { $rounds } rondas
 } de propuestas, y una variante dista a lo sumo { $gap } de la mejor posible.
plan-variants = Se { $variants ->
    [one] somete a votación al menos una variante
   *[other] someten a votación al menos { $variants } variantes
 }, con escrutinio por { $rule }.
plan-deviation = Un informe que queda { $share } o más por debajo de su mandato lo ha incumplido.
entrenched-articles = Ninguna mayoría ordinaria puede cambiar: { $articles }.
entrenched-change = Para cambiar uno de ellos hace falta { $majority } en la consulta a los miembros, y mayoría en { $workplaces } de los centros de trabajo.

majority-cast = { $strict ->
    [yes] más de { $share }
   *[no] al menos { $share }
 } de los votos emitidos
majority-present = { $strict ->
    [yes] más de { $share }
   *[no] al menos { $share }
 } de los presentes
majority-entitled = { $strict ->
    [yes] más de { $share }
   *[no] al menos { $share }
 } de quienes tienen derecho

years = { $number ->
    [one] un año
   *[other] { $number } años
 }
months = { $number ->
    [one] un mes
   *[other] { $number } meses
 }
weeks = { $number ->
    [one] una semana
   *[other] { $number } semanas
 }
days = { $number ->
    [one] un día
   *[other] { $number } días
 }
hours = { $number ->
    [one] una hora
   *[other] { $number } horas
 }
minutes = { $number ->
    [one] un minuto
   *[other] { $number } minutos
 }
seconds = { $number ->
    [one] un segundo
   *[other] { $number } segundos
 }
no-time = ningún plazo
named = «{ $title }»
and = y
