//! From an [`Economy`] to files in canonical form: all columns, rows sorted by id, numbers without trailing
//! noughts, fields quoted only where they must be, lines ended by a line feed.

use super::read::FORMAT;
use super::{FILE_NAMES, Files};
use crate::decimal::{format_fixed, write_fixed};
use crate::economy::{Digest, Economy, Flow, LEVEL_DECIMALS, WEIGHT_DECIMALS};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

impl Economy {
    /// The files in canonical form: the same bytes for the same economy.
    pub fn write(&self) -> Files {
        let file = |name: &&str| {
            let mut bytes = Vec::new();
            self.write_file(name, &mut bytes).expect("memory takes every byte");
            (name.to_string(), bytes)
        };
        FILE_NAMES.iter().map(file).collect()
    }

    /// SHA-256 of the canonical files: of the lines `HASH  NAME` that `sha256sum` prints for them.
    pub fn digest(&self) -> Digest {
        // The inputs are most of the bytes of an economy of many workplaces.
        const MOST_BYTES: &str = "inputs.csv";
        let (inputs, mut hashes) = std::thread::scope(|scope| {
            let inputs = scope.spawn(|| self.hash_of(MOST_BYTES));
            let others = FILE_NAMES.into_iter().filter(|name| *name != MOST_BYTES);
            let others: BTreeMap<&str, Digest> = others.map(|name| (name, self.hash_of(name))).collect();
            (inputs.join().expect("hashing does not panic"), others)
        });
        hashes.insert(MOST_BYTES, inputs);
        let mut manifest = Sha256::new();
        for name in FILE_NAMES {
            manifest.update(format!("{}  {name}\n", hashes[name]));
        }
        Digest(manifest.finalize().into())
    }

    fn hash_of(&self, name: &str) -> Digest {
        let mut file = io::BufWriter::with_capacity(1 << 16, Hasher(Sha256::new()));
        self.write_file(name, &mut file).expect("a hash takes every byte");
        let Ok(Hasher(hash)) = file.into_inner() else { unreachable!("a hash takes every byte") };
        Digest(hash.finalize().into())
    }

    /// Writes one of [`FILE_NAMES`] in canonical form.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_file(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        match name {
            "economy.csv" => self.write_heading(out),
            "products.csv" => self.write_products(out),
            "labour.csv" => self.write_grades(out),
            "satellites.csv" => self.write_satellites(out),
            "workplaces.csv" => self.write_workplaces(out),
            "activities.csv" => self.write_activities(out),
            "outputs.csv" => self.write_flows(out, "product", |activity| &activity.outputs),
            "inputs.csv" => self.write_flows(out, "product", |activity| &activity.inputs),
            "hours.csv" => self.write_flows(out, "grade", |activity| &activity.labour),
            "loads.csv" => self.write_flows(out, "satellite", |activity| &activity.satellites),
            "needs.csv" => self.write_needs(out),
            "bundles.csv" => self.write_bundles(out),
            _ => Err(io::Error::new(io::ErrorKind::NotFound, format!("an economy has no file `{name}`"))),
        }
    }

    fn write_heading(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "key,value\nformat,{FORMAT}\nlabour-decimals,{}", self.labour_decimals)?;
        writeln!(out, "labour-unit,{}\nname,{}", field(&self.labour_unit), field(&self.name))
    }

    fn write_products(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "product,unit,decimals,name,import_limit,import_price,stock,exports")?;
        for product in &self.products {
            let quantity = |mantissa| format_fixed(mantissa, product.decimals);
            writeln!(
                out,
                "{},{},{},{},{},{},{},{}",
                field(&product.id),
                field(&product.unit),
                product.decimals,
                field(&product.name),
                quantity(product.import_limit),
                format_fixed(product.import_price, WEIGHT_DECIMALS),
                quantity(product.stock),
                quantity(product.exports),
            )?;
        }
        Ok(())
    }

    fn write_grades(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "grade,available,name")?;
        for grade in &self.grades {
            let available = format_fixed(grade.available, self.labour_decimals);
            writeln!(out, "{},{available},{}", field(&grade.id), field(&grade.name))?;
        }
        Ok(())
    }

    fn write_satellites(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "satellite,unit,decimals,name,ceiling")?;
        for row in &self.satellites {
            let ceiling = row.ceiling.map(|ceiling| format_fixed(ceiling, row.decimals)).unwrap_or_default();
            writeln!(
                out,
                "{},{},{},{},{ceiling}",
                field(&row.id),
                field(&row.unit),
                row.decimals,
                field(&row.name)
            )?;
        }
        Ok(())
    }

    fn write_workplaces(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "workplace,branch,district,name")?;
        for workplace in &self.workplaces {
            let branch = &self.branches[workplace.branch as usize];
            let district = &self.districts[workplace.district as usize];
            writeln!(
                out,
                "{},{},{},{}",
                field(&workplace.id),
                field(branch),
                field(district),
                field(&workplace.name)
            )?;
        }
        Ok(())
    }

    fn write_activities(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "activity,workplace,group,capacity")?;
        for activity in &self.activities {
            let workplace = &self.workplaces[activity.workplace as usize].id;
            let group = &self.groups[activity.group as usize];
            let capacity = format_fixed(activity.capacity, LEVEL_DECIMALS);
            writeln!(out, "{},{},{},{capacity}", field(&activity.id), field(workplace), field(group))?;
        }
        Ok(())
    }

    fn write_flows(
        &self,
        out: &mut dyn Write,
        kind: &str,
        flows: impl Fn(&crate::Activity) -> &Vec<Flow>,
    ) -> io::Result<()> {
        writeln!(out, "activity,{kind},quantity")?;
        let rows = self.flow_rows(kind);
        let mut lines = Vec::new();
        for activity in &self.activities {
            let id = field(&activity.id);
            lines.clear();
            for flow in flows(activity) {
                let (row, decimals) = &rows[flow.of as usize];
                lines.extend_from_slice(id.as_bytes());
                lines.push(b',');
                lines.extend_from_slice(row.as_bytes());
                lines.push(b',');
                write_fixed(&mut lines, flow.quantity, *decimals);
                lines.push(b'\n');
            }
            out.write_all(&lines)?;
        }
        Ok(())
    }

    /// The ids that flows of a kind point to, ready to write, with the decimals of their quantities.
    fn flow_rows(&self, kind: &str) -> Vec<(String, u32)> {
        match kind {
            "product" => self.products.iter().map(|row| (field(&row.id), row.decimals)).collect(),
            "grade" => self.grades.iter().map(|row| (field(&row.id), self.labour_decimals)).collect(),
            _ => self.satellites.iter().map(|row| (field(&row.id), row.decimals)).collect(),
        }
    }

    fn write_needs(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "need,tier,asked_by,weight,minimum")?;
        for need in &self.needs {
            let weight = format_fixed(need.weight, WEIGHT_DECIMALS);
            let minimum = format_fixed(need.minimum, LEVEL_DECIMALS);
            writeln!(out, "{},{},{},{weight},{minimum}", field(&need.id), need.tier, field(&need.asked_by))?;
        }
        Ok(())
    }

    fn write_bundles(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "need,product,quantity")?;
        let rows = self.flow_rows("product");
        for need in &self.needs {
            let id = field(&need.id);
            for flow in &need.bundle {
                let (row, decimals) = &rows[flow.of as usize];
                writeln!(out, "{id},{row},{}", format_fixed(flow.quantity, *decimals))?;
            }
        }
        Ok(())
    }
}

/// A field as RFC 4180 writes it: quoted where it holds a comma, a quote or a line break.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A hash as a place to write to.
struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
