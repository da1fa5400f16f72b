//! Who the customers are, and what brings them.

/// The number for Colombia and Chile.
const ES: &str = "106540352242922";
/// The number for Brazil.
const PT: &str = "106540352242955";

/// A customer: phone and name. Where they are follows from the phone.
pub(in crate::demo) struct Person {
    pub(in crate::demo) phone: &'static str,
    pub(in crate::demo) name: &'static str,
}

/// Something that brings a customer to write.
pub(in crate::demo) struct Story {
    /// The number that they write to.
    pub(in crate::demo) number: &'static str,
    /// Whose story it is: phones begin so.
    pub(in crate::demo) of: &'static [&'static str],
    pub(in crate::demo) steps: &'static [Step],
}

/// What a customer does next.
pub(in crate::demo) enum Step {
    /// Writes.
    Say(&'static str),
    /// Presses a button or chooses a row: its id and title.
    Press(&'static str, &'static str),
    /// Sends a photo with words under it.
    Photo(&'static str),
    /// Sends where they are.
    Place(&'static str, f64, f64),
    /// Puts an emoji on what the company said last.
    React(&'static str),
    /// Waits for the company to say something.
    Hear,
    /// Waits until a person introduces themselves, and for what they say then. Whoever waits in vain gives up.
    Meet,
    /// Does something else for so many seconds.
    Pause(u32),
}

use Step::{Hear, Meet, Pause, Photo, Place, Press, React, Say};

pub(in crate::demo) const PEOPLE: &[Person] = &[
    Person { phone: "573005550101", name: "Lucía Gómez" },
    Person { phone: "573005550102", name: "Mateo Castaño" },
    Person { phone: "573005550103", name: "Doña Blanca Pardo" },
    Person { phone: "573005550104", name: "Óscar Beltrán" },
    Person { phone: "573005550105", name: "Valentina Ruiz" },
    Person { phone: "573005550106", name: "Jairo Cifuentes" },
    Person { phone: "573005550107", name: "Sandra Milena Ortiz" },
    // In the list of VIPs of the company's router.
    Person { phone: "573105550142", name: "Constructora Altavista" },
    Person { phone: "56955550111", name: "Rodrigo Fuentes" },
    Person { phone: "56955550112", name: "Catalina Araya" },
    Person { phone: "56955550113", name: "Ignacio Lagos" },
    Person { phone: "56955550114", name: "Marcela Soto" },
    Person { phone: "5511955500121", name: "Ana Beatriz Lima" },
    Person { phone: "5511955500122", name: "João Pedro Alves" },
    Person { phone: "5511955500123", name: "Carla Menezes" },
    Person { phone: "5511955500124", name: "Seu Raimundo" },
    Person { phone: "5511955500125", name: "Débora Pires" },
    Person { phone: "5511955500177", name: "Construtora Paineiras" },
];

const COLOMBIA: &[&str] = &["57"];
const CHILE: &[&str] = &["569"];
const SPANISH: &[&str] = &["57", "569"];
const BRAZIL: &[&str] = &["55"];

pub(in crate::demo) const STORIES: &[Story] = &[
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("Buenas, ¿a qué hora abren el sábado?"),
            Hear,
            Pause(4),
            Say("Listo, muchas gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("Hola"),
            Hear,
            Press("precios", "Precios"),
            Hear,
            Press("precio-cemento", "Cemento"),
            Hear,
            Say("Necesito cotizar 60 bultos, ¿me ayuda una persona?"),
            Meet,
            Say("Para una obra en Suba, los necesito el jueves"),
            Hear,
            Say("Perfecto, gracias"),
            Hear,
            React("👍"),
        ],
    },
    Story {
        number: ES,
        of: COLOMBIA,
        steps: &[
            Say("Buenos días, ¿cómo va mi pedido ET-2041?"),
            Hear,
            Say("¿Me ayuda una persona? Tiene que llegar después de las 3, antes no hay nadie en la casa"),
            Meet,
            Say("Mil gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: CHILE,
        steps: &[
            Say("Hola, mi pedido ET-3310 no ha llegado a Ñuñoa"),
            Meet,
            Say("Ya, pero me dijeron que era ayer"),
            Hear,
            Say("Bueno, gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("¿Me pueden enviar la factura de ayer?"),
            Say("La necesito a nombre de la empresa"),
            Meet,
            Say("NIT 900.555.010-1, Acabados del Norte"),
            Hear,
            Say("Muy amable, gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("El taladro que compré la semana pasada llegó roto"),
            Photo("Miren el mandril"),
            Meet,
            Say("Sí, tengo la caja y el recibo"),
            Hear,
            Say("Gracias, quedo pendiente"),
            Hear,
            React("🙏"),
        ],
    },
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("Quiero hablar con una persona, por favor"),
            Meet,
            Say("¿Qué pintura me sirve para un baño con mucha humedad?"),
            Hear,
            Say("¿Y cuánto rinde el galón?"),
            Hear,
            Say("Buenísimo, gracias"),
            Hear,
            React("❤️"),
        ],
    },
    Story {
        number: ES,
        of: COLOMBIA,
        steps: &[
            Say("¿Dónde quedan?"),
            Hear,
            Place("Mi obra, barrio Modelia", 4.6637, -74.1203),
            Meet,
            Say("Son 20 sacos de arena y un trompo"),
            Hear,
            Say("Listo, gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: COLOMBIA,
        // More questions than a machine may answer in an hour: a person has to come.
        steps: &[
            Say("Hola"),
            Hear,
            Say("¿Qué precio tiene el cemento?"),
            Hear,
            Say("¿Y la pintura?"),
            Hear,
            Say("¿El taladro?"),
            Hear,
            Say("¿Hacen domicilios?"),
            Hear,
            Say("¿Puedo pagar con Nequi?"),
            Hear,
            Say("¿Y dónde quedan?"),
            Meet,
            Say("Qué bueno que me escribe, ya tengo todo claro. Gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("¿Tienen algún descuento en lámparas?"),
            Hear,
            Say("Quiero hablar con una persona"),
            Meet,
            Say("Listo, gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: CHILE,
        steps: &[
            Say("¿Reciben Webpay en Santiago?"),
            Hear,
            Say("¿Y despachan a Puente Alto?"),
            Hear,
            React("👍"),
            Pause(3),
            Say("Gracias"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: CHILE,
        steps: &[
            Say("Compré una llave de paso y no funciona"),
            Meet,
            Photo("Gotea por acá"),
            Hear,
            Say("Mañana la llevo. Gracias por la garantía"),
            Hear,
        ],
    },
    Story {
        number: ES,
        of: SPANISH,
        steps: &[
            Say("el tornillo ese que va con la tuerca mariposa"),
            Hear,
            Say("pa la canaleta"),
            Meet,
            Say("Ese mismo, deme 100"),
            Hear,
            Say("Gracias, paso en la tarde"),
            Hear,
        ],
    },
    Story {
        number: PT,
        of: BRAZIL,
        steps: &[Say("Bom dia, quanto está o saco de cimento?"), Hear, Pause(3), Say("Obrigada!"), Hear],
    },
    Story {
        number: PT,
        of: BRAZIL,
        steps: &[
            Say("Oi, cadê meu pedido ET-8812?"),
            Meet,
            Say("Pode deixar com o porteiro?"),
            Hear,
            Say("Valeu, obrigado"),
            Hear,
            React("🙏"),
        ],
    },
    Story {
        number: PT,
        of: BRAZIL,
        steps: &[
            Say("A furadeira que comprei não liga"),
            Photo("Olha só"),
            Meet,
            Say("Tenho sim, e está na garantia"),
            Hear,
            Say("Obrigada pela ajuda"),
            Hear,
        ],
    },
    Story {
        number: PT,
        of: BRAZIL,
        steps: &[
            Say("Preciso de um orçamento no atacado: 40 latas de tinta branca"),
            Meet,
            Say("Entrega em Campinas, na sexta"),
            Hear,
            Say("Fechado, obrigado"),
            Hear,
            React("👍"),
        ],
    },
    Story {
        number: PT,
        of: BRAZIL,
        steps: &[
            Say("Olá"),
            Hear,
            Press("precos", "Preços"),
            Hear,
            Press("preco-tinta", "Tinta"),
            Hear,
            Say("Obrigada"),
            Hear,
        ],
    },
    Story {
        number: PT,
        of: BRAZIL,
        steps: &[Say("Vocês emitem nota fiscal para CNPJ?"), Meet, Say("Perfeito, obrigado!"), Hear],
    },
];
