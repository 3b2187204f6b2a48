//! Every op of the tape, over every shape it takes, and every way to differentiate it.
//!
//! [`cases`] is the one list. Each other module is one property that all of it must have. A new
//! elementwise function is in the list as soon as it is in [`glassgrad_autograd::Unary::ALL`].

mod case;
mod cases;
mod gradcheck;
mod inner_product;
mod jacobian;
mod precision;
mod program;
mod second_order;
