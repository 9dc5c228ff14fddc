import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkCarriesLabels, chooseEncapsulation, readEncapsulations } from './encapsulations.ts';

describe('the choice of an encapsulation', () => {
  it('is the first of our order that the far end offers', () => {
    assert.equal(chooseEncapsulation(['mplsoudp', 'mplsogre', 'vxlan'], ['vxlan', 'mplsogre']), 'mplsogre');
    assert.equal(chooseEncapsulation(['vxlan', 'mplsoudp'], ['mplsoudp', 'vxlan']), 'vxlan');
    assert.equal(chooseEncapsulation(['mplsogre'], ['mplsoudp']), undefined);
    assert.equal(chooseEncapsulation([], ['mplsoudp']), undefined);
  });

  it('is MPLSoUDP, MPLSoGRE, VXLAN where nobody says otherwise', () => {
    assert.deepEqual(readEncapsulations('test', []), ['mplsoudp', 'mplsogre', 'vxlan']);
  });

  it('reads names in any letter case', () => {
    assert.deepEqual(readEncapsulations('test', ['VXLAN', 'MPLSoGRE']), ['vxlan', 'mplsogre']);
  });

  it('refuses names that are none, and those that come twice', () => {
    const unknown = { code: 'EINVAL', message: /encapsulations of mplsoudp, mplsogre, vxlan, got "ipip"/ };
    assert.throws(() => readEncapsulations('test', ['ipip']), unknown);
    const twice = { code: 'EINVAL', message: /each encapsulation once, got vxlan/ };
    assert.throws(() => readEncapsulations('test', ['vxlan', 'mplsogre', 'vxlan']), twice);
  });

  it('names what is missing for VXLAN, and both lists when they have nothing in common', () => {
    const lists = { ours: ['vxlan'], theirs: ['vxlan', 'mplsogre'] } as const;
    assert.equal(checkCarriesLabels('test', 'mplsogre', lists), 'mplsogre');
    assert.throws(() => checkCarriesLabels('test', 'vxlan', lists), {
      code: 'EPROTONOSUPPORT',
      message: /a VNI for each VRF and bridge \(interface add vxlan .* got vxlan, the first of vxlan here/,
    });
    assert.throws(() => checkCarriesLabels('test', undefined, { ours: ['vxlan'], theirs: ['mplsogre'] }), {
      code: 'EPROTONOSUPPORT',
      message: /both ends have, got none of vxlan here and mplsogre there/,
    });
  });
});
