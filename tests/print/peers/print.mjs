// The same rows by an encoder that others wrote: { peer, columns, code, drawer, rows: [[kind, left, right]] } as JSON on
// standard input, ESC/POS on standard output. PEERS names the folder that `npm ci` filled.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const require = createRequire(process.env.PEERS + '/');

function byReceiptPrinterEncoder({ columns, code, drawer, rows }) {
  const Encoder = require('@point-of-sale/receipt-printer-encoder');
  const to = new Encoder({ columns, language: 'esc-pos', codepageMapping: 'epson', codepageCandidates: ['cp858', 'windows1252', 'cp437'], feedBeforeCut: 0 });
  const pair = (left, right) => {
    if (left.length + 1 + right.length <= columns)
      to.table([{ width: columns - right.length, align: 'left' }, { width: right.length, align: 'right' }], [[left, right]]);
    else
      to.table([{ width: columns - right.length - 1, marginRight: 1, align: 'left' }, { width: right.length, align: 'right', verticalAlign: 'bottom' }], [[left, right]]);
  };

  to.initialize().codepage('auto');
  if (drawer)
    to.pulse(drawer === 5 ? 1 : 0, 50, 500);
  for (const [kind, left, right] of rows) {
    if (kind === 'text') to.line(left);
    if (kind === 'title') to.align('center').bold(true).size(2, 2).line(left).size(1, 1).bold(false).align('left');
    if (kind === 'centre') to.align('center').line(left).align('left');
    if (kind === 'pair') pair(left, right);
    if (kind === 'total') { to.bold(true).size(1, 2); pair(left, right); to.size(1, 1).bold(false); }
    if (kind === 'rule') to.line('-'.repeat(columns));
    if (kind === 'code') {
      if (code === 'qr') to.align('center').qrcode(left, { model: 2, size: 6, errorlevel: 'm' }).align('left');
      if (code === '128') to.align('center').barcode(left, 'code128', { height: 64, width: 2, text: false }).align('left');
      to.align('center').line(left).align('left');
    }
  }
  return Buffer.from(to.cut('partial').encode());
}

// Its QR codes are pictures: no code here.
function byReceiptline({ columns, code, rows }) {
  const receiptline = require('receiptline');
  const plain = (text) => text.replace(/[\\|{}~_"`^]/g, (c) => '\\' + c);
  const document = rows.map(([kind, left, right]) => {
    if (kind === 'text') return plain(left) + ' |';
    if (kind === 'title') return '"^^^' + plain(left) + '"';
    if (kind === 'centre') return plain(left);
    if (kind === 'pair') return `{width:${columns - right.length - 1} ${right.length + 1}}\n${plain(left)} | ${plain(right)}\n{width:auto}`;
    if (kind === 'total') return `{width:${columns - right.length - 1} ${right.length + 1}}\n"^^${plain(left)}" | "^^${plain(right)}"\n{width:auto}`;
    if (kind === 'rule') return '-'.repeat(columns);
    return (code === '128' ? `{code:${left};option:code128,2,64}\n` : '') + plain(left);
  }).join('\n') + '\n=';
  return Buffer.from(receiptline.transform(document, { cpl: columns, encoding: 'multilingual', command: 'escpos', spacing: false }), 'latin1');
}

const asked = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(asked.peer === 'receiptline' ? byReceiptline(asked) : byReceiptPrinterEncoder(asked));
