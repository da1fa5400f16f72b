//! The company of which the rule is, its customers, and what the host answers.

use domain::decision::MemoryScope;
use domain::id::{QueueId, RuleId};
use rules::contract::{Agent, Calendar, CaseView, Customer, Input, LocalTime, Message, Who};
use rules::{Remembered, Snapshot, Unavailable};

/// As a supervisor wrote them.
pub(crate) const WORDS: [(&str, &str); 20] = [
    ("factura", "cobranza"),
    ("boleto", "cobranza"),
    ("pago", "cobranza"),
    ("reembolso", "cobranza"),
    ("garant", "postventa"),
    ("devoluci", "postventa"),
    ("cambio", "postventa"),
    ("roto", "postventa"),
    ("no funciona", "postventa"),
    ("pedido", "pedidos"),
    ("entrega", "pedidos"),
    ("llega", "pedidos"),
    ("rastre", "pedidos"),
    ("precio", "ventas"),
    ("comprar", "ventas"),
    ("talla", "ventas"),
    ("descuento", "ventas"),
    ("horario", "recepcion"),
    ("sucursal", "recepcion"),
    ("cita", "recepcion"),
];

/// The priority of those with the tag `vip`.
pub(crate) const VIP: u8 = 5;

/// What customers say. Where a word is known, it is one of the first or one of the last; a third says nothing that is known.
pub(crate) const MESSAGES: [&str; 30] = [
    "Buenas tardes, todavía no me llegó la factura de este mes. ¿Me la pueden reenviar por aquí?",
    "hola",
    "Quiero saber en qué va mi pedido, lo hice el lunes y no he sabido nada",
    "¿Tienen la talla 38 del modelo azul que vi en la página?",
    "Buenos días",
    "El equipo que compré la semana pasada no funciona, ya probé con otro cable",
    "Gracias, muy amable",
    "¿Cuál es el horario de los sábados?",
    "Necesito pedir una cita para mañana en la mañana, ¿hay espacio?",
    "Me cobraron dos veces, quiero el reembolso de uno de los dos",
    "ok",
    "¿Hacen domicilios a Chía?",
    "Oi, boa tarde, tudo bem?",
    "Me dijeron que la garantía cubre un año y llevo ocho meses con él",
    "¿En qué sucursal puedo recoger?",
    "Sí",
    "Vi un descuento en Instagram, ¿sigue vigente?",
    "No, todavía no, lo espero hasta el viernes y les aviso cuando lo tenga en la mano",
    "Quiero hacer una devolución, me quedó grande",
    "Ya hice el pago por transferencia, adjunto el comprobante para que lo revisen por favor",
    "Perfecto, quedo pendiente entonces",
    "¿A qué hora llega el camión?",
    "Me pueden dar el precio de la nevera de 300 litros con instalación incluida",
    "Llegó roto el vidrio de la mesa, les mando fotos ahora mismo",
    "Listo",
    "Quisiera comprar tres más iguales a la que llevé en octubre",
    "¿Cómo hago para rastrear el paquete?",
    "Muchas gracias por todo, que tengan un buen día y un feliz fin de semana",
    "La entrega era ayer y nadie me avisó nada",
    "¿Me ayuda una persona?",
];

/// Every other customer is a VIP.
pub(crate) fn tags(message: usize) -> Vec<String> {
    if message.is_multiple_of(2) {
        vec!["mayorista".to_owned(), "vip".to_owned()]
    } else {
        vec!["nuevo".to_owned()]
    }
}

/// The settings, as JSON.
pub(crate) fn settings() -> String {
    let words = WORDS.map(|(word, queue)| serde_json::json!({ "word": word, "queue": queue }));
    serde_json::json!({ "words": words, "vip-priority": VIP }).to_string()
}

/// What the host answers for the customer of a message.
#[derive(Clone, Copy)]
pub(crate) struct Company(pub(crate) usize);

impl Snapshot for Company {
    fn history(&self, _: u32) -> Result<Vec<Remembered>, Unavailable> {
        Ok(Vec::new())
    }

    fn profile(&self) -> Result<Customer, Unavailable> {
        Ok(Customer { name: "Lucía".into(), language: "es".into(), tags: tags(self.0), attrs: vec![] })
    }

    fn identity(&self) -> Result<Who, Unavailable> {
        Ok(Who { phone: None, user_id: None })
    }

    fn team(&self, _: &QueueId, _: &[String]) -> Result<Vec<Agent>, Unavailable> {
        Ok(Vec::new())
    }

    fn memory(&self, _: &RuleId, _: MemoryScope, _: &str) -> Result<Option<String>, Unavailable> {
        Ok(None)
    }
}

/// What a rule of ours is told of a message.
pub(crate) fn input(message: usize) -> Input {
    let date = "2026-11-22".into();
    Input {
        why: "message".into(),
        now: 1_795_352_400_000,
        local: LocalTime { date, weekday: 7, minute: 600, zone: "America/Bogota".into() },
        calendar: Calendar { open: true, next_change: None, next_change_local: None },
        number: "soporte".into(),
        language: "es".into(),
        message: Some(Message {
            at: 1_795_352_400_000,
            author: "customer".into(),
            kind: "text".into(),
            text: MESSAGES[message].into(),
            payload: String::new(),
            attrs: vec![],
        }),
        case: CaseView {
            id: "04fh1c9g2kq7m0000000000000".into(),
            opened: 1_795_352_400_000,
            queue: None,
            priority: 0,
            waiting_since: None,
            automatic_messages: 0,
            tags: vec![],
            attrs: vec![],
        },
        wake_note: None,
        attrs: vec![],
    }
}
